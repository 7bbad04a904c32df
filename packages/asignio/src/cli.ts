import { main } from './commands/main.ts';
import { processTerminal } from './commands/terminal.ts';

// Who reads the output may stop before its end (`| head`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await main(process.argv.slice(2), processTerminal());
