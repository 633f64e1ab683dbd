---@meta kworkshop-types
-- editor/types.lua: the types of the authors' API, for editors that run a Lua language server.
--
-- calls.lua, which is made from lua/api.def, has the calls; they name these types.  A test compares the
-- methods and fields here with those that the program answers to.
--
-- Lives here:   things, patterns, the trace, its states; the tables of a lesson, a card and a question.
-- Never here:   calls and the fields of events (calls.lua).  Nothing here is run.

---@alias kw.Value string|number|boolean|table|nil

---@class kw.Thing                     a thing of the lesson: patterns and texts know it by its name
---@class kw.Work: kw.Thing            a work item: work(), delayed_work(), rcu_work()
---@class kw.Workqueue: kw.Thing       alloc_workqueue(), system_wq
---@class kw.Task: kw.Thing            task()
---@class kw.Line: kw.Thing            irq_line()
---@class kw.Module: kw.Thing          insmod()
---@class kw.Pool: kw.Thing            pool()
---@class kw.Worker: kw.Thing          worker()
---@class kw.Cpu: kw.Thing             cpu()
---@class kw.Mutex: kw.Thing           mutex()
---@class kw.Spinlock: kw.Thing        spinlock()
---@class kw.Completion: kw.Thing      completion()
---@class kw.Tasklet: kw.Thing         tasklet()
---@class kw.Timer: kw.Thing           timer()

---@class kw.Object: kw.Thing          modelled memory: its fields are those given to object()
---@field [string] kw.Value

---@class kw.Shared                    shared()
---@field value kw.Value

---@alias kw.Named kw.Thing|string     a thing, or its name

---@class kw.Pattern                   events of some kind; p + q is either
---@operator add(kw.Pattern): kw.Pattern
local pattern = {}

---the n-th match
---@param n integer
---@return kw.Pattern
function pattern:nth(n) end

---on this CPU
---@param cpu integer
---@return kw.Pattern
function pattern:on(cpu) end

---by this thread, or by a thread of that name
---@param thread kw.Task|string
---@return kw.Pattern
function pattern:by(thread) end

---of items that are embedded in this object, or in the device of this module
---@param owner kw.Object|kw.Module
---@return kw.Pattern
function pattern:of(owner) end

---later than an event, the first match of a pattern, or a time in ms
---@param q kw.Pattern|kw.Event|number
---@return kw.Pattern
function pattern:after(q) end

---earlier than an event, the first match of a pattern, or a time in ms
---@param q kw.Pattern|kw.Event|number
---@return kw.Pattern
function pattern:before(q) end

---for which fn(event) is true
---@param fn fun(e: kw.Event): boolean?
---@return kw.Pattern
function pattern:with(fn) end

---@class kw.Trace                     the events so far: the argument of an answer
local trace = {}

---the first match; a fault, or "not yet", when there is none
---@param p kw.Pattern
---@return kw.Event
function trace:first(p) end

---the last match; a fault, or "not yet", when there is none
---@param p kw.Pattern
---@return kw.Event
function trace:last(p) end

---the n-th match; a fault, or "not yet", when there are fewer
---@param n integer
---@param p kw.Pattern
---@return kw.Event
function trace:nth(n, p) end

---the first match, or nil
---@param p kw.Pattern
---@return kw.Event?
function trace:find(p) end

---all matches so far
---@param p kw.Pattern
---@return kw.Event[]
function trace:all(p) end

---the number of matches so far
---@param p kw.Pattern
---@return integer
function trace:count(p) end

---true if the first led to the second
---@param p kw.Event|kw.Pattern
---@param q kw.Event|kw.Pattern
---@return boolean
function trace:happens_before(p, q) end

---the state right after an event, or at a time in ms
---@param when kw.Event|number
---@return kw.State
function trace:at(when) end

---the state now
---@return kw.State
function trace:at_now() end

---@class kw.State
---@field work fun(x: kw.Named): kw.WorkState
---@field pool fun(x: integer|kw.Named, high?: "high"): kw.PoolState
---@field wq fun(x: kw.Named): kw.WqState
---@field worker fun(x: kw.Named): kw.WorkerState
---@field cpu fun(n: integer): kw.CpuState

---@class kw.WorkState
---@field pending boolean
---@field running boolean
---@field inactive boolean             held back by max_active
---@field timer boolean                its timer is armed
---@field freed boolean
---@field depth integer                how often it is disabled
---@field runs integer                 how often its function was called
---@field queued integer               how often it was queued
---@field worker kw.Worker?            the worker inside its function
---@field pool kw.Pool?
---@field wq kw.Workqueue?
---@field state "idle"|"pending"|"running"|"pending and running"
---@field word string                  the flags of its data word

---@class kw.PoolState
---@field nr_running integer
---@field nr_workers integer
---@field nr_idle integer
---@field manager kw.Worker?
---@field creating boolean
---@field worklist kw.Work[]
---@field idle kw.Worker[]
---@field busy kw.Worker[]

---@class kw.WqState
---@field active integer
---@field inactive integer
---@field max_active integer
---@field draining boolean
---@field rescuer kw.Task?

---@class kw.WorkerState
---@field work kw.Work?
---@field pool kw.Pool?
---@field sleeping boolean
---@field idle boolean
---@field manager boolean

---@class kw.CpuState
---@field online boolean
---@field idle boolean
---@field thread string

---@class kw.Why                       the decision behind an event, with the values by name
---@field name string
---@field yes boolean?
---@field text string
---@field [string] integer|boolean|string

---@class kw.Pick                      pick(lo, hi), pick{list}
---@field distinct fun(n: integer, lo: integer, hi: integer): integer ...
---@field shuffle fun(list: table): table
---@overload fun(lo: integer, hi: integer): integer
---@overload fun(list: table): kw.Value

---@class kw.Machine                   machine = { ... } of a lesson
---@field cpus? integer                1 to 64
---@field nodes? integer
---@field llc? integer                 CPUs that share a cache
---@field smt? integer
---@field hz? integer
---@field preempt? "voluntary"|"full"
---@field sched? "fair"|"fifo"
---@field profile? string
---@field legacy? boolean
---@field boot? table<string, string|number|boolean>

---@class kw.Covers
---@field rules? string[]
---@field errata? string[]
---@field checklist? string[]
---@field scenarios? table<string, table<string, string>>

---@class kw.Lesson                    lesson { ..., function(p) ... end }
---@field title string
---@field question? string
---@field minutes? number
---@field needs? string[]
---@field covers? kw.Covers
---@field version? integer
---@field notes? string
---@field machine? kw.Machine
---@field params? fun(pick: kw.Pick): table<string, kw.Value>
---@field avoid? fun(p: table<string, kw.Value>): boolean?
---@field [1] fun(p: table<string, kw.Value>)

---@class kw.Card                      a card: its text, then fields
---@field [1] string
---@field look? kw.Named|kw.Thing[]
---@field at? kw.Event|kw.Pattern
---@field notes? string
---@field id? string
---@field press? boolean

---@class kw.World                     the run as a student who chose this believes it
---@field belief? string
---@field wq? table<string, { max_active: integer }>
---@field max_active? integer
---@field flags? integer
---@field legacy? boolean
---@field shows? "threads"
---@field at_end? boolean

---@class kw.Choice                    { "text", "feedback if chosen", id = ... }
---@field [1] string
---@field [2]? string
---@field id? string|number|boolean
---@field world? kw.World

---@class kw.Ask                       the table of predict{} and ask{}
---@field [1] string
---@field choices? kw.Choice[]
---@field number? string|true
---@field order? kw.Named[]
---@field which? kw.Named[]
---@field flags? boolean
---@field text? boolean
---@field within? number
---@field fixed? boolean
---@field answer? kw.Pattern|fun(t: kw.Trace, p: table<string, kw.Value>): kw.Value|kw.Thing, kw.Event?
---@field correct? kw.Value
---@field wrong? table[]
---@field hints? string[]
---@field why? string
---@field id? string
---@field short? string
---@field pin? boolean
---@field look? kw.Named|kw.Thing[]
---@field rule? string
---@field retry? boolean
---@field notes? string
---@field moves? boolean
---@field points? number
---@field pick? "event"|"item"|"worker"|"cpu"|"line"
---@field accept? kw.Pattern|string|(kw.Pattern|string)[]
---@field count? integer
---@field ordered? boolean
---@field among? kw.Pattern|kw.Thing|kw.Thing[]
---@field report? "ps"|"dmesg"|"sysrq-t"

---@class kw.Question                  what predict{} and ask{} return; nil before the verdict
---@field right boolean?
---@field wrong boolean?
---@field given kw.Value
---@field event kw.Event?

---@class kw.Limit                     how long run_until() and run_before() wait, in ms
---@field limit? number
---@field or_nil? boolean

---@class kw.IdleLimit
---@field limit? number
---@field or_stuck? boolean

---@class kw.WorkFields                work { name =, func =, func_name = }
---@field name string
---@field func fun(w: kw.Work)
---@field func_name? string

---@class kw.TaskFields
---@field nice? integer                -20 to 19
---@field fifo? integer                1 to 99: run to block, before all others

---@class kw.Attrs                     workqueue attributes
---@field nice? integer
---@field cpumask? integer             bit n: CPU n
---@field affn_scope? "default"|"cpu"|"smt"|"cache"|"numa"|"system"
---@field affn_strict? boolean

---@class kw.CompletionFields
---@field by kw.Named

---@class kw.Driver                    insmod(name, driver): its functions, and its device
---@field object? string
---@field probe fun(dev: kw.Object, opt: kw.Value): kw.Value
---@field remove fun(dev: kw.Object)
---@field [string] kw.Value|function

---@class kw.Goal                      goal = { metric, "<", number }
---@field [1] "makespan"|"workers"|table      or { "latency", x, "p99" }, { "cpu", x }
---@field [2] "<"|"<="|">"|">="
---@field [3] number

---@class kw.Check                     { "name", points =, never = p, ... }: one of never, eventually, within, order, once, goal, test
---@field [1] string
---@field points? number
---@field schedules? integer|table     N, or { N, jitter = x }
---@field never? kw.Pattern
---@field eventually? kw.Pattern
---@field within? table                { ms, p, q }
---@field order? kw.Pattern[]
---@field once? kw.Pattern
---@field goal? kw.Goal
---@field test? fun(t: kw.Trace, p: table<string, kw.Value>, s: kw.Value): boolean, table?
---@field feedback? string
---@field show? "full"|"first"|"verdict"|"none"
---@field files? string[]
---@field scene? fun(p: table<string, kw.Value>, student: table): kw.Value

---@class kw.PickRow                   { thing, "label", times = n }
---@field [1] kw.Task|kw.Work|kw.Line
---@field [2] string
---@field times? integer               of an interrupt line

---@class kw.YouPick                   you_pick { { thing, "label" }, ... }
---@field [integer] kw.PickRow
---@field at? "calls"|"accesses"

---@class kw.After                     what a scheduler exercise asks for when its bug is reached
---@field file string
---@field prompt? string
---@field points? number
---@field depth? integer|"all"

---@class kw.Setting                   settings = { name = { kind =, default =, ... } }
---@field kind "number"|"choice"|"flags"|"cpumask"|"scope"
---@field default number|string|string[]      flags: a list, {} for none
---@field from? integer                number: from .. to
---@field to? integer
---@field of? string[]                 choice: words; flags: names without WQ_

---@class kw.Exercise                  exercise { ... }
---@field kind "predict"|"observe"|"configure"|"repair"|"scheduler"|"dump"
---@field title string
---@field points number
---@field scene fun(p: table<string, kw.Value>, student: table): kw.Value
---@field question? string
---@field minutes? number
---@field needs? string[]
---@field covers? kw.Covers
---@field version? integer
---@field notes? string
---@field machine? kw.Machine
---@field params? fun(pick: kw.Pick): table<string, kw.Value>
---@field avoid? fun(p: table<string, kw.Value>): boolean?
---@field story? string
---@field files? string[]
---@field settings? table<string, kw.Setting>
---@field checks? kw.Check[]
---@field reach? kw.Pattern
---@field par? integer
---@field after? kw.After
---@field accept? string|kw.Pattern
---@field report? string
---@field map? table<string, string>
---@field hints? string[]
---@field why? string
---@field hint_cost? number
---@field harmless? string[]
---@field limits? { runs_per_item: integer }

---@class kw.HiddenChecks              hidden_checks { { "name", ... }, ... }
---@field [integer] kw.Check
---@field params? table<string, kw.Value>
