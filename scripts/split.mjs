// Splits the program of a page that is built for release into what a page needs at first, and the
// rest, which comes while the page is used (split/).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { profile } from '../tests/browser/profile.mjs';

const { TRUNK_STAGING_DIR: page, TRUNK_PROFILE } = process.env;
if (TRUNK_PROFILE === 'release') await split();

async function split() {
  const [program] = files('_bg.wasm');
  const [loader] = files('js/rest.js');
  const [glue] = files('.js').filter((name) => `${name.slice(0, -3)}_bg.wasm` === program);
  // As the glue names the module from which it hands all exports on.
  if (!readFileSync(join(page, glue), 'utf8').includes(`"./${loader}": import`)) throw new Error(`${glue} does not import ${loader}`);
  const work = mkdtempSync(join(tmpdir(), 'datapath-split-'));
  const run = (...given) => execFileSync('cargo', ['run', '--quiet', '--locked', '-p', 'datapath-split', '--', ...given], { stdio: 'inherit' });

  cpSync(page, join(work, 'page'), { recursive: true });
  run('instrument', join(page, program), join(work, 'page', program));
  writeFileSync(join(work, 'profile'), (await profile(join(work, 'page'))).join('\n'));
  run('split', linked(program), join(page, program), join(work, 'profile'), `./${loader}`, join(work, 'primary'), join(work, 'secondary'));

  const parts = ['primary', 'secondary'].map((part) => readFileSync(join(work, part)));
  const text = renamed(readFileSync(join(page, glue), 'utf8'), imports(readFileSync(join(page, program))), imports(parts[0]));

  // All files are of one program: whoever has the one must not get another's other.
  const hash = [...parts, text].reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex').slice(0, 16);
  const stem = program.replace(/-[0-9a-f]+_bg\.wasm$/, `-${hash}`);
  for (const name of [program, glue]) rmSync(join(page, name));
  writeFileSync(join(page, `${stem}_bg.wasm`), parts[0]);
  writeFileSync(join(page, `${stem}_rest.wasm`), parts[1]);
  writeFileSync(join(page, `${stem}.js`), text);
  replace('index.html', [
    [program, `${stem}_bg.wasm`],
    [glue, `${stem}.js`],
    ['</head>', `<meta name="rest" content="${stem}_rest.wasm"></head>`],
  ]);
  rmSync(work, { recursive: true });
  console.log(`split: ${parts[0].length} bytes first, ${parts[1].length} bytes later`);
}

// What the linker wrote before other tools changed it.
function linked(program) {
  const said = execFileSync('cargo', ['metadata', '--no-deps', '--offline', '--format-version', '1'], { encoding: 'utf8' });
  const name = program.replace(/-[0-9a-f]+_bg\.wasm$/, '.wasm');
  return join(JSON.parse(said).target_directory, 'wasm32-unknown-unknown', 'wasm-release', name);
}

function imports(program) {
  return WebAssembly.Module.imports(new WebAssembly.Module(program)).map(({ name }) => name);
}

// The glue gives what the program imports the names that it has there now.
function renamed(glue, before, now) {
  return before.reduce((text, name, place) => {
    if (name === now[place]) return text;
    const [head, tail, ...more] = text.split(` ${name}: `);
    if (tail === undefined || more.length > 0) throw new Error(`not one ${name} in the glue`);
    return `${head} ${now[place]}: ${tail}`;
  }, glue);
}

function files(ending) {
  const found = readdirSync(page, { recursive: true }).filter((name) => name.endsWith(ending));
  if (found.length === 0) throw new Error(`no ${ending} in ${page}`);
  return found;
}

function replace(name, changes) {
  let text = readFileSync(join(page, name), 'utf8');
  for (const [from, to] of changes) {
    const changed = text.replaceAll(from, to);
    if (changed === text) throw new Error(`no ${from} in ${name}`);
    text = changed;
  }
  writeFileSync(join(page, name), text);
}
