/**
 * Values of litmus tests: 32-bit integers, and addresses of locations. An address is a number beyond 32 bits, so that the
 * two are never mistaken for each other, and an outcome remains a list of numbers.
 */
import type { LitmusComparison, LitmusOperation } from './litmus-test.js';

const FIRST_ADDRESS = 2 ** 33;

/** The address of a location, by its index, as a value. */
export function addressValue(location: number): number {
  return FIRST_ADDRESS + location;
}

/** The location that a value is the address of; -1 for an integer. */
export function locationOfValue(value: number): number {
  return value >= FIRST_ADDRESS ? value - FIRST_ADDRESS : -1;
}

/** A value in words: an integer, or the name of the location that it is the address of. */
export function describeValue(value: number, locations: readonly string[]): string {
  const location = locationOfValue(value);
  return location < 0 ? String(value) : locations[location];
}

/** Arithmetic of `set` and `update`, in 32 bits. NaN if an address goes in and neither it nor an integer comes out. */
export function joinOperands(operation: LitmusOperation, left: number, right: number): number {
  if (left >= FIRST_ADDRESS || right >= FIRST_ADDRESS) return joinAddresses(operation, left, right);
  switch (operation) {
    case 'add':
      return (left + right) | 0;
    case 'subtract':
      return (left - right) | 0;
    case 'and':
      return left & right;
    case 'or':
      return left | right;
    case 'xor':
      return left ^ right;
    case 'nor':
      return ~(left | right);
    case 'less':
      return Number(left < right);
    case 'less-unsigned':
      return Number(left >>> 0 < right >>> 0);
    case 'exchange':
      return right;
  }
}

/** With an address, what holds wherever the location is: neutral elements, and an address with itself. */
function joinAddresses(operation: LitmusOperation, left: number, right: number): number {
  const same = left === right;
  switch (operation) {
    case 'exchange':
      return right;
    case 'add':
    case 'or':
      if (left === 0 || (same && operation === 'or')) return right;
      return right === 0 ? left : NaN;
    case 'xor':
    case 'subtract':
      if (same) return 0;
      if (left === 0 && operation === 'xor') return right;
      return right === 0 ? left : NaN;
    case 'and':
      if (same) return left;
      return left === 0 || right === 0 ? 0 : NaN;
    case 'less':
    case 'less-unsigned':
      return same ? 0 : NaN;
    case 'nor':
      return NaN;
  }
}

/** Whether a branch goes to its target, as 1 or 0. An address is equal to itself only; NaN if its order is asked for. */
export function compareOperands(comparison: LitmusComparison, left: number, right: number): number {
  if (comparison === 'equal') return Number(left === right);
  if (comparison === 'unequal') return Number(left !== right);
  if (left >= FIRST_ADDRESS || right >= FIRST_ADDRESS) return NaN;
  return Number(comparison === 'less' ? left < right : left <= right);
}
