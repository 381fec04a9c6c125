/** What a person is told about a command that works in another process. */
import { describe, expect, it } from '@jest/globals';
import { Account } from '../../../lib/cli/process/account.js';
import { StatusReader, statusLine } from '../../../lib/cli/process/status.js';

describe('the account of a command', () => {
  it('knows the words of the command until the command says what it does', () => {
    const account = new Account('disco-sim trace x.din');
    expect(account.whatItDoes(5)).toBe('0:05 disco-sim trace x.din');
    account.heard({ does: 'replays x.din' });
    account.heard({ far: '1 of 4 runs finished' });
    expect(account.whatItDoes(5.4)).toBe('0:05 replays x.din');
  });

  it('says the last that was told of how far it is', () => {
    const account = new Account('disco-sim trace x.din');
    expect([account.howFar(30), account.interrupted(0.2)]).toEqual([
      '0:30 preparing',
      'interrupted after 0:00: it had not begun',
    ]);
    account.heard({ far: '1 of 4 runs finished' });
    account.heard({ far: '2 of 4 runs finished' });
    account.heard({ partial: 'x.part' });
    expect(account.howFar(60)).toBe('1:00 2 of 4 runs finished');
    expect(account.interrupted(754)).toBe('interrupted after 12:34: 2 of 4 runs finished');
    expect(account.ended(61, 'SIGKILL')).toContain('was ended by SIGKILL after 1:01: 2 of 4 runs finished; if memory');
  });

  it('knows the incomplete file, until it is complete', () => {
    const account = new Account('');
    expect(account.partial).toBe(null);
    account.heard({ partial: 'x.part' });
    account.heard({ far: 'on' });
    expect(account.partial).toBe('x.part');
    account.heard({ partial: null });
    expect(account.partial).toBe(null);
  });
});

describe('lines of status', () => {
  it('are put together from pieces of any size', () => {
    const told = [{ does: 'a\nb' }, { far: 'ü' }, { partial: null }];
    const text = told.map(statusLine).join('');
    for (let size = 1; size <= text.length; size++) {
      const reader = new StatusReader();
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.slice(i * size, (i + 1) * size),
      );
      expect(pieces.flatMap(piece => reader.read(piece))).toEqual(told);
    }
  });
});
