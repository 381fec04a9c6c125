/** A decision in words, for messages. */
import type { Decision } from '../placement/decision.js';

/** What was decided and why: `migrate to node 2 because "hot"`. */
export function decisionText(decision: Decision): string {
  return `${actionText(decision)} because ${JSON.stringify(decision.because)}`;
}

function actionText(decision: Decision): string {
  switch (decision.action) {
    case 'place':
    case 'migrate':
    case 'replicate':
    case 'promote':
    case 'demote':
      return `${decision.action} to node ${decision.to}`;
    case 'exchange':
      return `exchange with page ${decision.with}`;
    default:
      return decision.action;
  }
}
