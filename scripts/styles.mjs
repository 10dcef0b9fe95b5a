// Makes one style sheet of those of a built page, in their order: a browser asks a server for six files at a time, and before
// it has the last sheet it shows nothing.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const page = process.env.TRUNK_STAGING_DIR;
const index = join(page, 'index.html');
const text = readFileSync(index, 'utf8');
const links = [...text.matchAll(/[ \t]*<link rel="stylesheet" href="([^"]+)"[^>]*>\n?/g)];
if (links.length === 0) throw new Error(`${index} has no style sheets`);
const files = links.map(([, address]) => join(page, basename(address)));
const sheet = files.map((file) => readFileSync(file, 'utf8')).join('\n');
const hash = (kind, form) => createHash(kind).update(sheet).digest(form);
const name = `lab-${hash('sha256', 'hex').slice(0, 16)}.css`;
for (const file of files) rmSync(file);
writeFileSync(join(page, name), sheet);
const link = `    <link rel="stylesheet" href="./${name}" integrity="sha384-${hash('sha384', 'base64')}"/>\n`;
const [first] = links;
const rest = links.slice(1).reduce((text, [link]) => text.replace(link, ''), text);
writeFileSync(index, rest.replace(first[0], link));
