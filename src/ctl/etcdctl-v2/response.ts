/** Answers of `/v2/keys` and how etcdctl prints them. */

import { goJsonString } from '#api/json/encode.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import { flagString, stop, type ScriptContext } from '#ctl/etcdctl/script.ts';
import type { V2Response } from '#ctl/etcdctl-v2/client.ts';
import { fieldOf, itemsOf, numberOf, parseJson, textOf, type JsonValue } from '#ctl/etcdctl-v2/json.ts';

export interface Node {
  readonly key: string;
  readonly dir: boolean;
  readonly value: string;
  readonly nodes: readonly Node[];
  readonly createdIndex: number;
  readonly modifiedIndex: number;
  /** '' without a TTL. */
  readonly expiration: string;
  readonly ttl: number;
}

export interface KeysResponse {
  readonly action: string;
  readonly node: Node;
  readonly prevNode: Node | undefined;
  /** The store's index, from the header. */
  readonly index: string;
}

function readNode(value: JsonValue): Node {
  return {
    key: textOf(fieldOf(value, 'key')),
    dir: fieldOf(value, 'dir') === true,
    value: textOf(fieldOf(value, 'value')),
    nodes: itemsOf(fieldOf(value, 'nodes')).map(readNode),
    createdIndex: numberOf(fieldOf(value, 'createdIndex')),
    modifiedIndex: numberOf(fieldOf(value, 'modifiedIndex')),
    expiration: textOf(fieldOf(value, 'expiration')),
    ttl: numberOf(fieldOf(value, 'ttl')),
  };
}

const INVALID_JSON = 'client: response is invalid json. The endpoint is probably not valid etcd cluster endpoint';

/** Reads an answer; etcd's error, or something that is no answer of etcd's, ends the command. */
export function readKeysResponse(r: V2Response): KeysResponse {
  const json = parseJson(fromUtf8(r.body));
  if (json === undefined) return stop(4, `Error:  ${INVALID_JSON}\n`);
  if (r.status !== 200 && r.status !== 201) {
    const [code, index] = [numberOf(fieldOf(json, 'errorCode')), numberOf(fieldOf(json, 'index'))];
    return stop(4, `Error:  ${code}: ${textOf(fieldOf(json, 'message'))} (${textOf(fieldOf(json, 'cause'))}) [${index}]\n`);
  }
  const prev = fieldOf(json, 'prevNode');
  return {
    action: textOf(fieldOf(json, 'action')),
    node: readNode(fieldOf(json, 'node')),
    prevNode: prev === undefined || prev === null ? undefined : readNode(prev),
    index: r.headers.find(([name]) => name.toLowerCase() === 'x-etcd-index')?.[1] ?? '0',
  };
}

function nodeJson(node: Node): string {
  const parts = [`"key":${goJsonString(node.key)}`];
  if (node.dir) parts.push('"dir":true');
  parts.push(`"value":${goJsonString(node.value)}`);
  parts.push(`"nodes":${node.nodes.length === 0 ? 'null' : `[${node.nodes.map(nodeJson).join(',')}]`}`);
  parts.push(`"createdIndex":${node.createdIndex}`, `"modifiedIndex":${node.modifiedIndex}`);
  if (node.expiration !== '') parts.push(`"expiration":${goJsonString(node.expiration)}`);
  if (node.ttl !== 0) parts.push(`"ttl":${node.ttl}`);
  return `{${parts.join(',')}}`;
}

/** Prints an answer in the format of --output. */
export function printResponse(ctx: ScriptContext, r: KeysResponse): void {
  const { node, prevNode } = r;
  const format = flagString(ctx, 'output');
  const deleted = r.action === 'delete';
  switch (format) {
    case 'simple':
      ctx.stdout(deleted ? `PrevNode.Value: ${prevNode?.value ?? ''}\n` : `${node.value}\n`);
      break;
    case 'extended':
      ctx.stdout(
        [
          `Key: ${node.key}`,
          `Created-Index: ${node.createdIndex}`,
          `Modified-Index: ${node.modifiedIndex}`,
          ...(prevNode === undefined ? [] : [`PrevNode.Value: ${prevNode.value}`]),
          `TTL: ${node.ttl}`,
          `Index: ${r.index}`,
          ...(deleted ? [] : ['', node.value]),
          '',
        ].join('\n'),
      );
      break;
    case 'json':
      ctx.stdout(
        `{"action":${goJsonString(r.action)},"node":${nodeJson(node)},"prevNode":${prevNode === undefined ? 'null' : nodeJson(prevNode)}}\n`,
      );
      break;
    default:
      ctx.stderr(`Unsupported output format: ${format}\n`);
  }
}
