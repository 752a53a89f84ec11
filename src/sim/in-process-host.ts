/** Members in the same thread, answering at once: for tests, chaos, headless runs and seeks. */

import type { Inspection, MemberConfig, StartInfo, StepInput, StepOutput } from '#etcd/contract.ts';
import { assert, present } from '#kernel/assert.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import type { DiskDamage } from '#wal/disk-faults.ts';
import type { DiskFate, MemberCheckpoint, RestoreInfo, SyncNodeHost } from '#sim/node-host.ts';

/** A running member: `Member` of `#etcd/member.ts`, or a toy of a test. */
export interface MemberMachine {
  step(input: StepInput): StepOutput;
  inspect(question: Inspection): Plain;
  /** @param blocks see {@link MemberCheckpoint} */
  save(blocks: Bytes[]): Bytes;
}

/** A file that a disk is given. */
export interface NewFile {
  readonly name: string;
  readonly bytes: Bytes;
}

/** How members of one kind come to be, and what their disks are. */
export interface MemberKind<Machine extends MemberMachine, Disk> {
  newDisk(): Disk;
  /** @param blocks see {@link MemberCheckpoint}; undefined: all is in the result */
  saveDisk(disk: Disk, blocks?: Bytes[]): Bytes;
  restoreDisk(bytes: Bytes, blocks: readonly Bytes[]): Disk;
  /** Of what was not flushed only the first `keepBytes` bytes stay. */
  losePower(disk: Disk, keepBytes: number): void;
  /** The process ends and the operating system lives: what was written is safe. */
  closeProcess(disk: Disk): void;
  damage(disk: Disk, damage: DiskDamage): void;
  /** A folder becomes just these files, durably. */
  putFiles(disk: Disk, folder: string, files: readonly NewFile[]): void;
  start(config: MemberConfig, info: StartInfo, disk: Disk): { readonly machine: Machine | undefined; readonly output: StepOutput };
  /** @param info how it was started last */
  restore(config: MemberConfig, info: StartInfo, disk: Disk, state: Bytes, blocks: readonly Bytes[]): Machine;
}

interface Slot<Machine, Disk> {
  readonly machine: Machine | undefined;
  readonly disk: Disk;
}

/** See the head of this file. Mutable; owned by the driver of a world. */
export class InProcessHost<Machine extends MemberMachine, Disk> implements SyncNodeHost {
  readonly #kind: MemberKind<Machine, Disk>;
  readonly #slots = new Map<number, Slot<Machine, Disk>>();

  constructor(kind: MemberKind<Machine, Disk>) {
    this.#kind = kind;
  }

  /** The running member itself, for checkers that look inside. */
  machine(actor: number): Machine | undefined {
    return this.#slots.get(actor)?.machine;
  }

  /** The member's disk, made when it is asked for first. */
  disk(actor: number): Disk {
    return this.#slot(actor).disk;
  }

  #slot(actor: number): Slot<Machine, Disk> {
    const known = this.#slots.get(actor);
    if (known !== undefined) return known;
    const slot: Slot<Machine, Disk> = { machine: undefined, disk: this.#kind.newDisk() };
    this.#slots.set(actor, slot);
    return slot;
  }

  start(actor: number, config: MemberConfig, info: StartInfo): StepOutput {
    const { machine: running, disk } = this.#slot(actor);
    assert(running === undefined, () => `member ${actor} is started while it runs`);
    const { machine, output } = this.#kind.start(config, info, disk);
    this.#slots.set(actor, { machine, disk });
    return output;
  }

  step(actor: number, input: StepInput): StepOutput {
    return present(this.#slots.get(actor)?.machine, () => `running member ${actor}`).step(input);
  }

  kill(actor: number, fate: DiskFate): void {
    const { disk } = this.#slot(actor);
    switch (fate.type) {
      case 'keep':
        this.#kind.closeProcess(disk);
        break;
      case 'power-loss':
        this.#kind.losePower(disk, fate.keepBytes);
        break;
      case 'wipe':
        break;
    }
    this.#slots.set(actor, { machine: undefined, disk: fate.type === 'wipe' ? this.#kind.newDisk() : disk });
  }

  putFiles(actor: number, folder: string, files: readonly NewFile[]): void {
    const { machine, disk } = this.#slot(actor);
    assert(machine === undefined, () => `member ${actor} is given files while it runs`);
    this.#kind.putFiles(disk, folder, files);
  }

  damage(actor: number, damage: DiskDamage): void {
    this.#kind.damage(this.#slot(actor).disk, damage);
  }

  inspect(actor: number, question: Inspection): Plain {
    return this.#slots.get(actor)?.machine?.inspect(question);
  }

  checkpoint(actor: number): MemberCheckpoint {
    const { machine, disk } = this.#slot(actor);
    const stateBlocks: Bytes[] = [];
    const diskBlocks: Bytes[] = [];
    return { actor, state: machine?.save(stateBlocks), disk: this.#kind.saveDisk(disk, diskBlocks), stateBlocks, diskBlocks };
  }

  /** The whole image of a member's disk. */
  diskImage(actor: number): Bytes {
    return this.#kind.saveDisk(this.#slot(actor).disk);
  }

  /** @param how undefined for a member that was never started: it has a disk and nothing else */
  restore({ actor, state, disk: image, stateBlocks, diskBlocks }: MemberCheckpoint, how: RestoreInfo | undefined): void {
    const disk = this.#kind.restoreDisk(image, diskBlocks);
    const machine =
      state === undefined || how === undefined ? undefined : this.#kind.restore(how.config, how.info, disk, state, stateBlocks);
    this.#slots.set(actor, { machine, disk });
  }

  dispose(): void {
    this.#slots.clear();
  }
}
