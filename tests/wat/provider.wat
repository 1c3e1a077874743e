;; A provider that answers `not-found` to everything. The build adds `$at_start`, `$at_realloc`,
;; `$at_call` and `$at_post_return`, of which one attacks.

(memory (export "memory") 1)
(table $table 0 funcref)
(global $free (mut i32) (i32.const 4096))

;; At 1024, the answer: an error, and of the failures the first.
(data (i32.const 1024) "\01")

(func $start (call $at_start))
(start $start)

(func (export "cabi_realloc") (param i32 i32) (param $align i32) (param $size i32) (result i32)
  (local $at i32)
  (call $at_realloc)
  (local.set $at
    (i32.and
      (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
  (global.set $free (i32.add (local.get $at) (local.get $size)))
  (local.get $at))

(func (export "lockgate:provider/provider@0.1.0#get") (param i32) (result i32)
  (call $at_call)
  (i32.const 1024))
(func (export "cabi_post_lockgate:provider/provider@0.1.0#get") (param i32)
  (call $at_post_return))
(func (export "lockgate:provider/provider@0.1.0#login") (param i32) (result i32)
  (i32.const 1024))
(func (export "lockgate:provider/provider@0.1.0#logout")
  (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
  (i32.const 1024))

;; Counts to five hundred million: at least a tenth of a second, and not for ever.
(func $loop
  (local $left i64)
  (local.set $left (i64.const 500_000_000))
  (loop $again
    (local.set $left (i64.sub (local.get $left) (i64.const 1)))
    (br_if $again (i64.ne (local.get $left) (i64.const 0)))))

(func $grow_table (param $elements i32)
  (drop (table.grow $table (ref.null func) (local.get $elements))))
