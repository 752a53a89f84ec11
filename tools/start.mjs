/** `npm start`: sets up what is missing, serves the playground with Vite and prints its address last. */
import { ensureDependencies, ROOT } from './setup.mjs';

try {
  ensureDependencies();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
const { createServer } = await import('vite');

/** `--port N` wins; otherwise the first free port from 5173. */
const at = process.argv.indexOf('--port');
const port = at === -1 ? 5173 : Number(process.argv[at + 1]);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  console.error('--port needs a number from 1 to 65535');
  process.exit(1);
}

const server = await createServer({ root: ROOT, server: { port, strictPort: at !== -1 }, clearScreen: false });
await server.listen();
console.log('\netcd playground is ready. Stop it with Ctrl-C. Open:\n');
console.log(server.resolvedUrls?.local[0] ?? `http://localhost:${String(server.config.server.port)}/`);
