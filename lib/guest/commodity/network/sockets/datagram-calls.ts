/** The system calls of datagrams as a user's program makes them. Results below 0 are ErrorNumbers. */
import type { Operation } from '../../../../processor/operations.js';
import { systemCall } from '../../calls/system-calls.js';

/** Makes a socket for datagrams at a station of the kernel: its number. */
export const socket = (station = 0): Operation => systemCall('socket', 'make', station);
/** Gives a socket a port, from 1 to 65535. */
export const bind = (number: number, port: number): Operation => systemCall('socket', 'bind', number, port);
/** Sends a datagram of whole words, up to 65504 bytes, to a port of an address. Its bytes. It may not arrive. */
export const sendto = (number: number, address: number, bytes: number, to: number, port: number): Operation =>
  systemCall('socket', 'sendto', number, address, bytes, to, port);
/**
 * Receives a datagram into memory, as much as fits: its bytes there. Two words at `from` get the address and port of the
 * sender, unless it is 0. ETIMEDOUT at the first tick of the clock `timeoutNs` after now.
 */
export const recvfrom = (number: number, address: number, bytes: number, from = 0, timeoutNs = Infinity): Operation =>
  systemCall('socket', 'recvfrom', number, address, bytes, from, timeoutNs);
/** Closes a socket; its port is free again. */
export const closeSocket = (number: number): Operation => systemCall('socket', 'close', number);
