/** Lint rules of our own: habits of STYLE that no published rule holds. */

const isConstAssertion = (node) => node.typeAnnotation.type === 'TSTypeReference' && node.typeAnnotation.typeName.name === 'const';

/** A type assertion says on its own line, or the one above, why the compiler must be told; `as const` tells it nothing that it cannot check. */
const reasonedAssertion = {
  meta: {
    type: 'problem',
    messages: { bare: 'Give the reason for this type assertion in a comment on or above its line, or do without it.' },
  },
  create(context) {
    const lines = context.sourceCode.getText().split('\n');
    const hasReason = (line) => /\/\/|\/\*/.test(lines[line - 1] ?? '') || /^\s*(\/\/|\*|\/\*)/.test(lines[line - 2] ?? '');
    const check = (node) => {
      if (isConstAssertion(node)) return;
      if (!hasReason(node.typeAnnotation.loc.start.line) && !hasReason(node.loc.end.line)) context.report({ node, messageId: 'bare' });
    };
    return { TSAsExpression: check, TSTypeAssertion: check };
  },
};

/** A TODO names the place where it is planned. */
const plannedTodo = {
  meta: { type: 'problem', messages: { unplanned: 'Say where this is planned, such as TODO(#12), or do it now.' } },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          if (/^[\s*]*(TODO|FIXME|XXX)\b(?!\(#\d+\))/m.test(comment.value)) context.report({ node: comment, messageId: 'unplanned' });
        }
      },
    };
  },
};

export default {
  meta: { name: 'playground' },
  rules: { 'reasoned-assertion': reasonedAssertion, 'planned-todo': plannedTodo },
};
