/** Exported functions and classes that have no line in the tables, by reason. */
export const NO_DOORS: Readonly<Record<string, readonly string[]>> = {
  'messages and records of a run, whose fields the component that makes them has checked': [
    ...['CoherenceMessage', 'InterruptMessage', 'DeviceCommand', 'DeviceRead', 'DeviceValue', 'DmaDone', 'DmaRequest'],
    ...['FrameSent', 'NetworkFrame', 'TrafficPacket', 'Context'],
  ],
  'operations, judged by the processor that executes them (spec/processor/check-operation.spec.ts)': [
    ...[
      'compute',
      'block',
      'load',
      'store',
      'machineLoad',
      'machineStore',
      'copyFrame',
      'clearFrame',
      'interrupt',
      'wait',
    ],
    ...['call', 'fence', 'loadLinked', 'storeConditional', 'copy', 'zero', 'spinWhile', 'annotate', 'presentNs'],
    ...['monitorCall', 'resume', 'readRegister', 'writeRegister', 'tlbRead', 'tlbWriteIndexed', 'tlbWriteRandom'],
    ...['tlbProbe', 'returnFromException', 'waitForInterrupt', 'deviceCommand', 'deviceRead', 'measure'],
  ],
  'system calls, which a kernel answers with an error number': [
    ...['systemCall', 'fork', 'sproc', 'execve', 'exit', 'waitForChild', 'getpid', 'sginap', 'brk', 'open', 'close'],
    ...['read', 'write', 'lseek', 'stat', 'unlink', 'mkdir', 'pipe', 'sync', 'semaphore', 'semaphoreWait'],
    ...['semaphorePost', 'print'],
  ],
  'decisions, judged by checkDecision (spec/placement/check-decision.spec.ts)': [
    ...['place', 'stay', 'migrate', 'collapse', 'firstTouch', 'roundRobin'],
  ],
  'bit packing and look-ups of hot paths: what 32 bits hold of their numbers': [
    ...['packReference', 'entryLo', 'unmapped', 'permits', 'wordOf', 'withWord', 'classifyAtCache', 'classifyAtHome'],
    ...['addressValue', 'locationOfValue', 'describeValue', 'compareOperands', 'failAtInstruction'],
    ...['drawBelow', 'drawKind', 'joinOperands', 'frameFor', 'nodeOfMessage', 'before'],
  ],
  'errors, which carry whatever went wrong': [
    ...[
      'SimulationError',
      'StallError',
      'WiringError',
      'SpecificationError',
      'DiscoError',
      'GuestError',
      'LitmusError',
    ],
    ...['TraceError', 'ReplayError', 'NotReproducibleError', 'SweepError'],
  ],
  'no number at their door: names, components, queues, tables, protocols': [
    ...['Arrivals', 'Booking', 'calendars', 'Place', 'Component', 'Fingerprint', 'PlainQueue', 'Port', 'RunnerQueue'],
    ...['StatisticsRegistry', 'TimeAccount', 'diameter', 'leastLatencies', 'Network', 'SystemRegisters', 'SystemUnit'],
    ...['protocolFor', 'checkFormat', 'tableMarkdown', 'stateDiagram', 'defineProtocol', 'refuses', 'Table'],
    ...['withSupersets', 'withRecall', 'withSharerEviction', 'withRows', 'ThreadGroup', 'checkDisco', 'workServices'],
    ...['GuestProcess', 'MemoryFiles', 'GuestImages', 'profileOf', 'presetLatencies', 'classicLitmusTests'],
  ],
  'made by others that have checked: buildMachine, a kernel, an operating system': [
    ...['Machine', 'NfsFiles', 'SplashNetwork', 'CommodityGuest', 'memoryReport'],
  ],
  'results turned into text or other results': [
    ...[
      'sumNs',
      'holds',
      'verdict',
      'compareOutcomes',
      'describeOutcome',
      'litmusShares',
      'litmusFamily',
      'summarise',
      'shrunkText',
      'shownWeak',
    ],
    ...['loadChart', 'fidelityText', 'meetsPublished', 'latencyText', 'systemReportHtml', 'systemText', 'networkText'],
    ...['reportHtml', 'textTable', 'processorsOf', 'divergenceText', 'meaningsMarkdown', 'collect', 'sweepText'],
  ],
  'readers of bytes and text, which refuse what is not in order with place (spec/workloads)': [
    ...['readLitmus', 'readChampsim', 'detectFormat', 'readDinero', 'readDrmemtrace', 'readNtr', 'zipEntries'],
    ...['readSweepFile', 'readZipEntry', 'threadSteps', 'champsimForm', 'checkNtrStart', 'litmusOfCycle'],
  ],
  'checked like those of the tables, but a call that is in order takes a recording or a whole system': [
    ...['FileServices', 'NetworkServices', 'RecordedGuest', 'drawReferences', 'recordedProgram', 'systemImage'],
    ...['UserWork', 'guestProgram', 'computing', 'heapVariants', 'pmake', 'userImages', 'threadImages'],
    ...[
      'SystemRun',
      'systemOptions',
      'MonitorHost',
      'paperWorkload',
      'splashProgram',
      'splashSystem',
      'commodityGuests',
    ],
    ...['splashGuests', 'makeWorkload', 'shrinkRandomTest'],
  ],
  'the steps of a function that is in the tables': ['Explorer'],
};
