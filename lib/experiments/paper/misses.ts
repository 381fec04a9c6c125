/** Why numbers are off, as far as it is known: mechanisms that the model lacks or has otherwise, found by experiment. */

/** Which rows a reason is about; what is not given is any. */
interface About {
  readonly experiment?: RegExp;
  readonly configuration?: RegExp;
  readonly quantity?: RegExp;
}

/** The first that fits is given. */
const REASONS: readonly (readonly [about: About, why: string])[] = [
  [
    { experiment: /^figure-5$/, configuration: /^engineering/ },
    'The recorded Verilog misses the TLB more often than the paper’s program: on the bare machine its refills take 9.8 % of the time, the paper’s 5.9. Two processes use more pairs of pages than the second-level TLB has entries, so that 1.6 % of the misses are forwarded to the guest; from the paper’s parts follow 0.7 %.',
  ],
  [
    { experiment: /^figure-5$/, configuration: /^database/ },
    'The recorded database has fewer forwarded misses than the paper’s parts imply, 0.05 % in place of 1 %: the working set of its recording fits into the second-level TLB. How far the paper’s database reached is not known.',
  ],
  [
    { experiment: /^table-2$/, configuration: /^DEMAND_ZERO$/ },
    'The monitor clears a page in 10.5 µs, the paper’s in 9.9. But the guest’s kernel misses more of its own pages, 5.7 µs for each fault in place of 3.4, and its own part is 0.53 in place of 0.43.',
  ],
  [
    { experiment: /^table-2$/, configuration: /^UTLB_MISS$/ },
    'Each page fault is preceded by a refill with an entry that is not valid. These are 1.9 % of the refills, they are forwarded to the guest, and the TLB write of each is emulated at full length, 4 µs. The paper’s mean leaves room for much less: an invalid entry may have been cheap there.',
  ],
  [
    { experiment: /^table-2$/, configuration: /^write$/ },
    'write misses more pages of kernel text and data than in the paper: how many it touches was counted on Linux, where the paper’s kernel was IRIX.',
  ],
  [
    { experiment: /^table-2$/, configuration: /^execve$/ },
    'execve misses fewer pages of kernel text and data than in the paper: its longest step has 440 lines of text, where 1500 were counted for execve of Linux.',
  ],
  [
    { experiment: /^figure-6$/, quantity: /^Disco$/ },
    'The paper does not list the monitor’s structures. Ours take 0.7 to 1.4 MB less.',
  ],
  [
    { experiment: /^figure-6$/, quantity: /^IRIX data$/ },
    'Each further guest adds 0.6 MB of kernel data besides the descriptors of its pages, in the paper 1.06: tables whose size does not depend on memory are smaller in our kernel.',
  ],
  [
    { experiment: /^figure-6$/, quantity: /^buffer cache$/, configuration: /V$/ },
    'The recorded compiler is one of today and larger than that of 1997: each guest reads more than 7 MB of programs and headers that all share.',
  ],
  [
    { experiment: /^figure-6$/, quantity: /^buffer cache$/ },
    'Makes of nine files leave fewer files of their own in the cache than the paper’s; how many those compiled is not known.',
  ],
  [
    { experiment: /^figure-7$/, configuration: /^pmake, [248]VM/, quantity: /idle/ },
    'Before its first compilation a make waits for its disk as long with nine files as with 25, and two jobs on one processor hide less of it than sixteen on eight. On the bare machine we idle as long as the paper by calibration only: there, much of it is waiting for semaphores of virtual memory (section 5.4).',
  ],
  [
    { experiment: /^figure-8$/, configuration: /^engineering, Disco$/, quantity: /^Disco$/ },
    'As in Figure 5: its working set is larger than the second-level TLB, and more misses are forwarded.',
  ],
  [
    { experiment: /^(figure-8|table-3)$/, configuration: /^engineering/, quantity: /stall|share|rate/ },
    'Most pages that are still remote have fewer misses in 100 ms than the policy’s trigger of 128, and stay where they are. The trigger is recollected, the paper does not print one.',
  ],
  [
    { experiment: /^table-3$/, configuration: /^raytrace/, quantity: /^rate$/ },
    'Rates fall with time: after 500 ms of warm-up the scene is nearly in place. When the paper began to count is not known.',
  ],
];

/** The reason for a row that is off, or null if none is known. */
export function whyOff(row: { readonly [name in keyof About]-?: string }): string | null {
  const fits = (about: About): boolean =>
    (Object.keys(about) as (keyof About)[]).every(name => about[name]!.test(row[name]));
  return REASONS.find(([about]) => fits(about))?.[1] ?? null;
}
