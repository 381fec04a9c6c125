/** Policies of users: what a module exports. */
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { shown } from '../engine/checks.js';
import type { PlacementPolicy } from '../placement/policy.js';
import { type PolicyMaker } from './policies.js';
import { validatePolicy } from '../placement/validate-policy.js';

/** A policy that a module exports: a policy, or a function that makes one of `options`. */
export interface PolicyModule {
  /** Path of a JavaScript module. */
  readonly module: string;
  /** Name of the export; `policy` unless given, or else the default export. */
  readonly name?: string | undefined;
  readonly options?: unknown;
}

/**
 * Loads a module, of which a policy is made each time; one that exports an object gives the same each time. `options` go to a function that it exports. Throws an Error that names the module if it cannot be loaded, has
 * no such export, or makes what is no policy.
 */
export async function policyMaker(chosen: PolicyModule, folder: string, options: object = {}): Promise<PolicyMaker> {
  const { module: path } = chosen;
  const found = exportOf(await load(path, folder), chosen);
  const given = { ...(chosen.options as object | undefined), ...options };
  const make = (): PlacementPolicy => {
    const made = (
      typeof found === 'function' ? (found as (given: object) => unknown)(given) : found
    ) as PlacementPolicy;
    try {
      validatePolicy(made);
    } catch (error) {
      throw new RangeError(`${path}: ${(error as Error).message}`, { cause: error });
    }
    return made;
  };
  make();
  return make;
}

async function load(path: string, folder: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(resolve(folder, path)).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new Error(`cannot load ${path}: ${error instanceof Error ? error.message : shown(error)}`, { cause: error });
  }
}

function exportOf(module: Readonly<Record<string, unknown>>, { module: path, name }: PolicyModule): unknown {
  const names = name === undefined ? ['policy', 'default'] : [name];
  const found = names.find(one => module[one] !== undefined);
  if (found !== undefined) return module[found];
  throw new Error(
    `${path} exports no ${names.join(' and no ')}; there are ${Object.keys(module).join(', ') || 'no exports'}`,
  );
}
