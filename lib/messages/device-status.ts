/** What devices say of commands that they could not carry out: the second integer of the interrupt that ends a command. */

/** Numbers of outcomes. Those of network cards are negative where the number could be a length. */
export const DeviceStatus = {
  Ok: 0,
  /** Sectors that the disk does not have. */
  OutOfRange: 1,
  /** Places in memory that do not exist, are no whole units of the device, or do not add up. */
  BadPieces: 2,
  /** A sector that cannot be read or written. What came before it in the command is done. */
  MediumError: 3,
  /** No operation of this device. */
  BadCommand: 4,
  /** A frame longer than the medium carries. */
  TooLong: 5,
  /** No address of a network card. */
  BadAddress: 6,
  /** The card has no room for another receive buffer. */
  NoRoom: 7,
  /** Virtual devices only: no memory for the transfer or the command. What came before it in the command is done. */
  NoMemory: 8,
} as const;
