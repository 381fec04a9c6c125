import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { shellWord } from '../../lib/cli/shell.js';

describe('a word for a shell', () => {
  it('is as it was if a shell leaves it so', () => {
    for (const word of ['--guests', '0.02', 'idleHint,zeroedPages', 'a/b.html']) expect(shellWord(word)).toBe(word);
  });

  it('is read by a shell as it was', () => {
    const words = ['', 'a b', "it's", '$HOME', '*', '"', '\\', 'a\nb', '!', '~', '#'];
    const { stdout } = spawnSync('/bin/sh', ['-c', `printf '%s\\0' ${words.map(shellWord).join(' ')}`], {
      encoding: 'utf8',
    });
    expect(stdout).toBe(words.map(word => `${word}\0`).join(''));
  });
});
