/** A call's arguments. */
export interface Arguments {
  readonly positional: readonly Expression[]
  readonly named: readonly (readonly [name: string, value: Expression])[]
  /** `*list` */
  readonly rest: Expression | null
  /** `**mapping` */
  readonly restNamed: Expression | null
}

export type Expression =
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'tuple' | 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | {
      readonly kind: 'condition'
      readonly test: Expression
      readonly then: Expression
      readonly otherwise: Expression | null
    }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not' | 'minus' | 'plus'; readonly of: Expression }
  | {
      readonly kind: 'compare'
      readonly first: Expression
      readonly rest: readonly (readonly [operator: string, Expression])[]
    }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'concat'; readonly items: readonly Expression[] }
  | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'item'; readonly of: Expression; readonly key: Expression }
  | {
      readonly kind: 'slice'
      readonly start: Expression | null
      readonly stop: Expression | null
      readonly step: Expression | null
    }
  | { readonly kind: 'call'; readonly of: Expression; readonly arguments: Arguments }
  | {
      readonly kind: 'filter'
      /** Null in a filter block: the block's text. */
      readonly of: Expression | null
      readonly name: string
      readonly arguments: Arguments
    }
  | {
      readonly kind: 'test'
      readonly of: Expression
      readonly name: string
      readonly arguments: Arguments
    }

export type Target =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'tuple'; readonly items: readonly Target[] }
  /** `space.name` */
  | { readonly kind: 'field'; readonly space: string; readonly name: string }

export interface Signature {
  readonly parameters: readonly { readonly name: string; readonly fallback: Expression | null }[]
}

/** A macro, or the body of a call block. */
export interface MacroNode extends Signature {
  readonly name: string
  readonly body: readonly Statement[]
}

export type Statement = { readonly line: number } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly value: Expression }
  | {
      readonly kind: 'if'
      readonly branches: readonly (readonly [test: Expression, body: readonly Statement[]])[]
      readonly otherwise: readonly Statement[]
    }
  | {
      readonly kind: 'for'
      readonly target: Target
      readonly over: Expression
      readonly test: Expression | null
      readonly recursive: boolean
      readonly body: readonly Statement[]
      readonly otherwise: readonly Statement[]
    }
  | { readonly kind: 'break' | 'continue' }
  | { readonly kind: 'set'; readonly target: Target; readonly value: Expression }
  | {
      readonly kind: 'setBlock'
      readonly target: Target
      readonly filter: Expression | null
      readonly body: readonly Statement[]
    }
  | { readonly kind: 'macro'; readonly macro: MacroNode }
  | { readonly kind: 'callBlock'; readonly call: Expression; readonly caller: MacroNode }
  | {
      readonly kind: 'filterBlock'
      readonly filter: Expression
      readonly body: readonly Statement[]
    }
  | {
      readonly kind: 'with'
      readonly values: readonly (readonly [Target, Expression])[]
      readonly body: readonly Statement[]
    }
)
