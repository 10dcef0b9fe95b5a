// The package as npm packs it, where npm would install it.
import { execFileSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const PKG = fileURLToPath(new URL('../../pkg', import.meta.url));

// Puts it into the node_modules of `project`, and gives the folder that it is in there.
export async function install(project) {
  const folder = `${project}/node_modules/datapath-lab`;
  const run = (command, given, cwd) => execFileSync(command, given, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], PKG));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  run('tar', ['-xzf', filename, '-C', folder, '--strip-components=1'], project);
  await rm(`${project}/${filename}`);
  return folder;
}
