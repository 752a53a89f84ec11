/** A `play` command of a line: something done to the world, or waited for. */

import { parsePlay, PLAY_HELP } from '#ctl/play-command.ts';
import type { PlayContext } from '#ctl/play-nodes.ts';
import { parsePredicate } from '#ctl/predicate-parser.ts';
import type { LoadSettings } from '#ctl/load-settings.ts';
import type { Word } from '#ctl/lexer.ts';
import type { BreakAction, WorldCommand } from '#ctl/world-command.ts';
import type { Task } from '#ctl/shell/task.ts';
import { simTime } from '#kernel/brand.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import type { FileAnswer } from '#ctl/file-request.ts';
import { runScript } from '#sim/run-script.ts';
import { Condition } from '#sim/condition.ts';
import { EVENT_KINDS } from '#sim/moment-events.ts';
import type { BreakAnswer, JobWait } from '#sim/job-wait.ts';
import { loadCommands } from '#sim/load-commands.ts';
import { statusText } from '#sim/status-text.ts';
import type { World } from '#sim/world.ts';

const FAILED = 1;
const SYNTAX = 2;

/** Where a `play` command is given. */
export interface PlayPlace {
  readonly world: () => World;
  readonly say: (stderr: boolean, text: string) => Task<void, JobWait>;
  /** Reads a file of the shell's. */
  readonly read: (path: string) => Task<FileAnswer, JobWait>;
  /** Properties that checks found violated, for conditions. */
  readonly violations?: (() => readonly string[]) | undefined;
  /** The run began on disks that were not empty: a script of its commands would not lead to it. */
  readonly isFromDisks?: (() => boolean) | undefined;
}

const contextOf = (world: World): PlayContext => ({
  members: world.core.seats.map((s) => s.name),
  clients: [...world.core.clients.values()].map((c) => c.name),
  events: EVENT_KINDS,
});

const wait = (w: JobWait) => ({ type: 'host', wait: w }) as const;

/** Gives the exit code. @param words those after `play` */
export function* playLine(words: readonly Word[], place: PlayPlace): Task<number, JobWait> {
  const parsed = parsePlay(words, words[0]?.text === 'new' ? undefined : contextOf(place.world()));
  if (parsed.type === 'error') {
    yield* place.say(true, `play: ${parsed.message}\n`);
    return SYNTAX;
  }
  const { command } = parsed;
  switch (command.type) {
    case 'world':
      return yield* submit(command.command, place);
    case 'new':
      yield wait({ type: 'new', options: command.options });
      return 0;
    case 'run':
      yield wait({ type: 'time', at: simTime(place.world().now + command.micros) });
      return 0;
    case 'until':
      return yield* runUntil(command.condition, command.withinMicros, place);
    case 'break':
      return yield* breakpoints(command.action, place);
    case 'traffic':
      return yield* traffic(command.load, place);
    case 'status':
      yield* place.say(false, statusText(place.world()));
      return 0;
    case 'script':
      return yield* script(place);
    case 'load':
      return yield* load(command.path, place);
    case 'step':
      yield wait({ type: 'step' });
      return 0;
    case 'help':
      yield* place.say(false, PLAY_HELP);
      return 0;
  }
}

function* submit(command: WorldCommand, place: PlayPlace): Task<number, JobWait> {
  const result = place.world().submit(command);
  if (result.type === 'error') {
    yield* place.say(true, `play: ${result.message}\n`);
    return FAILED;
  }
  yield wait({ type: 'applied' });
  return 0;
}

function* script(place: PlayPlace): Task<number, JobWait> {
  if (place.isFromDisks?.() === true) {
    yield* place.say(true, 'play: this run began from the disks of an earlier one, and its commands alone do not lead to it\n');
    return FAILED;
  }
  yield* place.say(false, runScript(place.world()));
  return 0;
}

function* load(path: string, place: PlayPlace): Task<number, JobWait> {
  const answer = yield* place.read(path);
  if (answer.type !== 'data') {
    yield* place.say(true, `play: ${path}: ${answer.type === 'error' ? answer.message : 'not a file'}\n`);
    return FAILED;
  }
  const problem = yield wait({ type: 'load', file: path, text: fromUtf8(answer.data) });
  if (typeof problem !== 'string') return 0;
  yield* place.say(true, `play: ${problem}\n`);
  return FAILED;
}

/** All at once: the clients of a load start in the same instant. */
function* traffic(load: LoadSettings | undefined, place: PlayPlace): Task<number, JobWait> {
  const commands = loadCommands(place.world(), load);
  if (commands.length === 0) {
    yield* place.say(true, 'play: no traffic is running\n');
    return FAILED;
  }
  for (const command of commands) {
    const result = place.world().submit(command);
    if (result.type === 'ok') continue;
    yield* place.say(true, `play: ${result.message}\n`);
    return FAILED;
  }
  yield wait({ type: 'applied' });
  return 0;
}

function* runUntil(condition: string, withinMicros: number, place: PlayPlace): Task<number, JobWait> {
  const world = place.world();
  const parsed = parsePredicate(condition, contextOf(world));
  if (parsed.type === 'error') {
    yield* place.say(true, `play: ${parsed.message}\n`);
    return SYNTAX;
  }
  const { violations } = place;
  const watched = new Condition({ predicate: parsed.predicate, since: 'first-look', ...(violations === undefined ? {} : { violations }) });
  const holds = yield wait({ type: 'condition', condition: watched, limit: simTime(world.now + withinMicros) });
  if (holds === true) return 0;
  yield* place.say(true, `play: not within ${withinMicros / 1000} ms of virtual time: ${condition}\n`);
  return FAILED;
}

function* breakpoints(action: BreakAction, place: PlayPlace): Task<number, JobWait> {
  const answer = yield wait({ type: 'break', action });
  const { text, failed } = answer as unknown as BreakAnswer; // whoever plays answers this wait so
  yield* place.say(failed, failed ? `play: ${text}\n` : text);
  return failed ? FAILED : 0;
}
