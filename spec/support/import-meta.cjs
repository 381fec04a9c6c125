/**
 * Gives CommonJS-compiled modules their `import.meta`: `url`, `filename` and `dirname`.
 * A transformer for ts-jest; what is published is never compiled this way.
 */
'use strict';
const ts = require('typescript');

const META = "({ url: require('node:url').pathToFileURL(__filename).href, filename: __filename, dirname: __dirname })";

/** ts-jest puts both into its cache key: count up with every change. */
exports.name = 'import-meta';
exports.version = 1;

exports.factory = function factory() {
  return context => file => {
    const visit = node =>
      ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword
        ? context.factory.createIdentifier(META)
        : ts.visitEachChild(node, visit, context);
    return ts.visitNode(file, visit);
  };
};
