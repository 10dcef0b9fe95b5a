// Puts a still picture into each figure of a book that is built: what stands there until the figure starts, without
// JavaScript, and on paper. node scripts/stills.mjs BOOK PACKAGE
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , book, pkg] = process.argv;
const { load, still } = await import(pathToFileURL(resolve(pkg, 'headless.node.js')));
await load();

const FIGURE = /<datapath-lab((?:\s+[\w-]+(?:="[^"]*")?)*)\s*>([\s\S]*?)<\/datapath-lab>/g;
/** Those that say what a figure shows. */
const CONTENT = ['scenario', 'link', 'datapaths', 'view', 'client', 'target', 'port', 'protocol'];

const read = (text) =>
  Object.fromEntries([...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value.replaceAll('&quot;', '"').replaceAll('&amp;', '&')]));

async function filled(page, [figure, given, inside]) {
  const attributes = read(given);
  // The chart is of no packet.
  if (attributes.view === 'chart') return figure;
  const options = Object.fromEntries(CONTENT.flatMap((name) => (attributes[name] ? [[name, attributes[name]]] : [])));
  if (attributes.src) options.text = await readFile(join(dirname(page), attributes.src), 'utf8');
  return `<datapath-lab${given}>${inside}${await still(options)}</datapath-lab>`;
}

for (const entry of await readdir(book, { recursive: true })) {
  if (!entry.endsWith('.html')) continue;
  const page = join(book, entry);
  const text = await readFile(page, 'utf8');
  const figures = [...text.matchAll(FIGURE)];
  if (figures.length === 0) continue;
  const [pieces, end] = [[], figures.at(-1).index + figures.at(-1)[0].length];
  let from = 0;
  for (const figure of figures) {
    pieces.push(text.slice(from, figure.index), await filled(page, figure));
    from = figure.index + figure[0].length;
  }
  await writeFile(page, pieces.join('') + text.slice(end));
}
