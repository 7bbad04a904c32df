import { readdirSync } from 'node:fs';

interface Bench {
  readonly name: string;
  run(): Promise<void>;
}

// Every module beside this one is a bench. One after another: they measure.
const files = readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith('.js') && file !== 'index.js');
for (const file of files.toSorted()) {
  const bench = (await import(new URL(file, import.meta.url).href)) as Bench;
  process.stdout.write(`${bench.name}\n`);
  await bench.run();
}
