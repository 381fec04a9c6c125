/**
 * Three kinds of numbers that name memory, as types that no other number is: confusing two of them would go unnoticed until a
 * result is wrong. They cost nothing at run time. Arithmetic on one gives a plain number, and the functions here say where a
 * plain number becomes one: where options are parsed, in the address map, in the frame pool, where bits are unpacked, in tests.
 */

declare const space: unique symbol;

/** A frame of the machine's memory, numbered densely over the machine, node after node. */
export type MachineFrame = number & { readonly [space]: 'MachineFrame' };

/**
 * A page of what an operating system believes to be its memory. On a bare machine it is the frame of that number unless the
 * processor's windows say otherwise; under a monitor the pmap says which machine page it is.
 */
export type PhysicalPage = number & { readonly [space]: 'PhysicalPage' };

/** A coherence line of the machine's memory, numbered densely over the machine: the lines of frame 0, of frame 1, and so on. */
export type Line = number & { readonly [space]: 'Line' };

/** Says that a number is that of a frame. */
export const machineFrame = (number: number): MachineFrame => number as MachineFrame;

/** Says that a number is that of a physical page. */
export const physicalPage = (number: number): PhysicalPage => number as PhysicalPage;

/** Says that a number is that of a line. */
export const lineNumber = (number: number): Line => number as Line;

/** Instead of a frame: there is none. */
export const NO_FRAME = machineFrame(-1);

/** Instead of a physical page: there is none. */
export const NO_PAGE = physicalPage(-1);
