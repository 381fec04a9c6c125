/**
 * The places of a source file where one small fault can be planted: an operator, a number, a truth value, a condition, a
 * dropped call. What only describes an error (inside `throw`) and types are left out.
 */
import ts from 'typescript';

const K = ts.SyntaxKind;

/** What each operator is exchanged for. Comparisons have two: the other side of the boundary, and the opposite. */
const BINARY = new Map([
  [K.PlusToken, ['-']],
  [K.MinusToken, ['+']],
  [K.AsteriskToken, ['/']],
  [K.SlashToken, ['*']],
  [K.PercentToken, ['*']],
  [K.LessThanToken, ['<=', '>=']],
  [K.LessThanEqualsToken, ['<', '>']],
  [K.GreaterThanToken, ['>=', '<=']],
  [K.GreaterThanEqualsToken, ['>', '<']],
  [K.EqualsEqualsEqualsToken, ['!==']],
  [K.ExclamationEqualsEqualsToken, ['===']],
  [K.AmpersandAmpersandToken, ['||']],
  [K.BarBarToken, ['&&']],
  [K.AmpersandToken, ['|']],
  [K.BarToken, ['&']],
  [K.LessThanLessThanToken, ['>>']],
  [K.GreaterThanGreaterThanToken, ['<<']],
  [K.GreaterThanGreaterThanGreaterThanToken, ['<<']],
  [K.PlusEqualsToken, ['-=']],
  [K.MinusEqualsToken, ['+=']],
]);

/**
 * @typedef {{ start: number, end: number, kind: string, was: string, becomes: string, statement: boolean }} Candidate
 * Offsets into the text; `was` and `becomes` are the piece of code before and after. A `statement` is dropped, an
 * expression is exchanged.
 */

/** All candidates of one file, in the order of the text. @returns {Candidate[]} */
export function candidates(fileName, text) {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.ES2023, true);
  const found = [];
  const add = (node, kind, becomes, statement = false) => {
    const start = node.getStart(source);
    found.push({ start, end: node.end, kind, was: text.slice(start, node.end), becomes, statement });
  };
  const code = node => node.getText(source);

  const visit = node => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isThrowStatement(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isBinaryExpression(node)) binary(node);
    else if (ts.isNumericLiteral(node) && !isName(node)) add(node, 'number', changedNumber(node.text));
    else if (node.kind === K.TrueKeyword || node.kind === K.FalseKeyword)
      add(node, 'truth', node.kind === K.TrueKeyword ? 'false' : 'true');
    else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) unary(node);
    else if (ts.isIfStatement(node)) add(node.expression, 'condition', `!(${code(node.expression)})`);
    else if (ts.isConditionalExpression(node)) add(node.condition, 'condition', `!(${code(node.condition)})`);
    else if (ts.isExpressionStatement(node) && isDroppable(node.expression)) add(node, 'dropped call', '', true);
    ts.forEachChild(node, visit);
  };

  const binary = node => {
    const { kind } = node.operatorToken;
    const isText = [node.left, node.right].some(side => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side));
    if (kind === K.PlusToken && isText) return;
    for (const operator of BINARY.get(kind) ?? [])
      add(node, 'operator', `(${code(node.left)}) ${operator} (${code(node.right)})`);
  };

  const unary = node => {
    const operand = code(node.operand);
    const prefix = ts.isPrefixUnaryExpression(node);
    if (node.operator === K.PlusPlusToken) add(node, 'operator', prefix ? `--${operand}` : `${operand}--`);
    else if (node.operator === K.MinusMinusToken) add(node, 'operator', prefix ? `++${operand}` : `${operand}++`);
    else if (node.operator === K.ExclamationToken) add(node, 'operator', operand);
    else if (node.operator === K.MinusToken && !ts.isNumericLiteral(node.operand)) add(node, 'operator', operand);
  };

  visit(source);
  return found;
}

function isName(node) {
  return ts.isPropertyAssignment(node.parent) && node.parent.name === node;
}

function isDroppable(expression) {
  const inner =
    ts.isYieldExpression(expression) || ts.isAwaitExpression(expression) ? expression.expression : expression;
  if (inner === undefined || !ts.isCallExpression(inner)) return false;
  return inner.expression.kind !== K.SuperKeyword;
}

function changedNumber(text) {
  if (text.endsWith('n')) return '1n';
  const value = Number(text);
  return value === 0 ? '1' : String(value + 1);
}
