// Puts the style sheets of a built page into it, in their order: before it has the last one a browser shows nothing, and
// every file that it must ask for is a way there and back.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const page = process.env.TRUNK_STAGING_DIR;
const index = join(page, 'index.html');
const text = readFileSync(index, 'utf8');
const links = [...text.matchAll(/[ \t]*<link rel="stylesheet" href="([^"]+)"[^>]*>\n?/g)];
if (links.length === 0) throw new Error(`${index} has no style sheets`);
const files = links.map(([, address]) => join(page, basename(address)));
const sheet = files.map((file) => readFileSync(file, 'utf8')).join('\n');
// What would end the element, or lead to a file from another folder than the sheet's.
const stray = sheet.match(/<\/style|url\((?!["']?data:).*/);
if (stray) throw new Error(`a style sheet says ${stray[0]}`);
for (const file of files) rmSync(file);
const [first] = links;
const rest = links.slice(1).reduce((text, [link]) => text.replace(link, ''), text);
const [before, after] = rest.split(first[0]);
writeFileSync(index, `${before}    <style>\n${sheet}\n    </style>\n${after}`);
