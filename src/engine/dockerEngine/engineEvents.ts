import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { cancelled, isEngineError, throwIfCancelled } from '../errors.ts';
import { asString, type JsonObject, optional } from '../oci/json.ts';
import type { EngineClient } from './engineClient.ts';
import { engineNonsense } from './engineErrors.ts';
import { jsonMessages } from './jsonMessages.ts';

/** What the event stream of an engine tells. */
export type EngineNews =
  /** From now on nothing is missed; what happened before has not been told. */
  | { readonly kind: 'connected' }
  | { readonly kind: 'changed'; readonly what: 'image' | 'container'; readonly action: string }
  /** The stream broke or could not be had; it is tried again after `retryAfter` milliseconds. */
  | { readonly kind: 'lost'; readonly error: unknown; readonly retryAfter: number };

/** Milliseconds between tries: they grow from the first to the second. */
export interface RetryPace {
  readonly first: number;
  readonly longest: number;
}

const usualPace: RetryPace = { first: 1_000, longest: 60_000 };

/** What shows in no list: a health check alone tells of itself every few seconds. */
const unseen = /^(?:exec|health_status|attach|resize|top|archive-path|copy|save|push)/;

/**
 * What changes in an engine, as it tells it: nothing is asked for again and again. Ends only with `Cancelled`.
 * https://docs.docker.com/reference/api/engine/version/v1.47/#tag/System/operation/SystemEvents
 */
export async function* followEvents(
  client: EngineClient,
  pace: RetryPace = usualPace,
  signal?: AbortSignal,
): AsyncGenerator<EngineNews, never, undefined> {
  for (let retryAfter = pace.first; ; retryAfter = Math.min(2 * retryAfter, pace.longest)) {
    try {
      for await (const news of eventsOnce(client, signal)) {
        retryAfter = pace.first;
        yield news;
      }
      yield { kind: 'lost', error: undefined, retryAfter };
    } catch (error) {
      throwIfCancelled(signal);
      if (!isEngineError(error)) throw error;
      yield { kind: 'lost', error, retryAfter };
    }
    await sleep(retryAfter, undefined, signal ? { signal } : {}).catch(() => {
      throw cancelled(signal);
    });
  }
}

async function* eventsOnce(
  client: EngineClient,
  signal?: AbortSignal,
): AsyncGenerator<EngineNews, void, undefined> {
  const filters = JSON.stringify({ type: ['image', 'container'] });
  const answer = await client.send(
    { method: 'GET', path: '/events', query: { filters }, timeout: 0 },
    signal,
  );
  yield { kind: 'connected' };
  for await (const news of readMessages(client, answer, newsOf)) if (news) yield news;
}

function newsOf(message: JsonObject): EngineNews | undefined {
  const what = optional(message.Type, 'Type', asString);
  const action = optional(message.Action, 'Action', asString) ?? '';
  if ((what !== 'image' && what !== 'container') || unseen.test(action)) return undefined;
  return { kind: 'changed', what, action };
}

/** What an answer that is a list of messages says, as it comes. @throws `RegistryError` where it is none */
export async function* readMessages<T>(
  client: EngineClient,
  answer: IncomingMessage,
  read: (message: JsonObject) => T,
): AsyncGenerator<T, void, undefined> {
  try {
    for await (const message of jsonMessages(client.bytes(answer))) yield read(message);
  } catch (error) {
    throw isEngineError(error, 'Corrupt') ? engineNonsense(client.endpoint.name, error) : error;
  }
}
