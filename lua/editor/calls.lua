---@meta kworkshop
-- For editors with a Lua language server; made from lua/api.def, never run.

---@class kw.Event                     an event; docs/events.md has the fields of each
---@field ms number
---@field n integer
---@field cpu integer?
---@field thread string
---@field name string
---@field work kw.Work?
---@field wq kw.Workqueue?
---@field ret kw.Value
---@field why kw.Why?
---@field cause kw.Event?
---@field kind string|integer
---@field freed kw.Event?
---@field cls integer
---@field id integer
---@field owner integer|kw.Task?
---@field aux integer
---@field text string
---@field item kw.Work?
---@field func string?
---@field data integer
---@field pool kw.Pool?
---@field disable integer
---@field pwq string?
---@field req_cpu integer
---@field color integer
---@field from kw.Pool?
---@field to kw.Pool?
---@field worker kw.Worker?
---@field nr_active integer
---@field max_active integer
---@field runner kw.Worker?
---@field nr_in_flight integer
---@field was_inactive integer
---@field depth integer
---@field expires number
---@field delay integer
---@field state integer
---@field node integer
---@field nice integer
---@field flags integer
---@field cpus integer
---@field pod integer
---@field strict boolean
---@field err integer
---@field kthread kw.Task?
---@field nr_workers integer
---@field nr_idle integer
---@field nr_running integer
---@field desc string
---@field yes boolean
---@field armed boolean
---@field min_active integer
---@field ordered integer|boolean
---@field scope integer
---@field requested integer
---@field isolated integer
---@field leaked boolean
---@field plugged boolean
---@field nr integer
---@field max integer
---@field listed boolean
---@field barrier kw.Work?
---@field target kw.Work?
---@field waiter kw.Task?
---@field waits boolean
---@field work_color integer
---@field flush_color integer
---@field nr_pwqs integer
---@field was_pending boolean
---@field sync boolean
---@field cpu_time number
---@field count integer
---@field thresh number
---@field next number|kw.Task?
---@field unbound boolean
---@field stalled integer
---@field stuck number
---@field who kw.Task?
---@field object kw.Object?
---@field ref integer
---@field level integer
---@field nodes integer
---@field hz integer
---@field seed integer
---@field variant integer
---@field mode integer
---@field preempt integer
---@field sched integer
---@field jitter integer
---@field llc integer
---@field core integer
---@field online boolean
---@field task kw.Task?
---@field rt_prio integer
---@field allowed integer
---@field comm string
---@field prev kw.Task?
---@field prev_state integer
---@field target_cpu integer
---@field orig_cpu integer
---@field dest_cpu integer
---@field length number
---@field hog boolean
---@field until number
---@field line kw.Line?|integer
---@field handled boolean
---@field vec integer
---@field timer integer
---@field housekeeping boolean
---@field lock integer
---@field owner_cpu integer
---@field on boolean
---@field fn integer
---@field call integer
---@field has_ret boolean
---@field write boolean
---@field field string
---@field site integer
---@field picked integer
---@field among integer
---@field wait integer
---@field events integer
---@field questions integer
---@field card integer
---@field at integer
---@field looks integer
---@field question integer
---@field predict boolean
---@field choices integer
---@field hints integer
---@field pin boolean
---@field choice integer
---@field world boolean
---@field rung integer
---@field what integer
---@field scored boolean
---@field right boolean|integer
---@field evidence integer
---@field after integer
---@field code integer
---@field wrong integer
---@field made integer
---@field signal integer
---@field manager kw.Worker?
---@field worklist integer[]
---@field idle integer[]
---@field busy integer[]
---@field refcnt integer
---@field in_flight integer[]
---@field inactive integer[]
---@field slots integer
---@field sleeping boolean
---@field scheduled integer[]
---@field nr_pwqs_to_flush integer
---@field node_nr integer[]
---@field objects integer
---@field part integer
---@field index integer
---@field ordinal integer
---@field sure integer
---@field result integer
---@field source integer
---@field row integer
---@field halves integer
---@field checks integer
---@field hidden integer
---@field check integer
---@field form integer
---@field schedules integer
---@field show integer
---@field can integer
---@field thing integer
---@field reached boolean
---@field par integer

--- `lesson { title=, question=, minutes=, needs=, machine=, params=, avoid=, covers=, version=, function(p) ... end }`
--- declares a lesson; its function is called with the drawn parameters
---@param fields kw.Lesson
---@return kw.Lesson
function lesson(fields) end

--- `exercise { kind=, title=, points=, story=, files=, settings=, scene=, checks=, hints=, why=, params=, ... }`
--- declares an exercise; its scene is called with the drawn parameters and the student's part
---@param fields kw.Exercise
---@return kw.Exercise
function exercise(fields) end

--- `hidden_checks { { "name", never=, ... }, ..., params= }`
--- checks of an instructor, in a file of their own
---@param checks kw.HiddenChecks
---@return kw.HiddenChecks
function hidden_checks(checks) end

--- `say "text" | say { "text", look=, at=, notes=, id=, press= }`
--- one card of text; waits for Enter
---@param card string|kw.Card
function say(card) end

--- `q = predict { "question", kind, answer=, hints=, why=, id=, pin= }`
--- asks about what the next runs will do; the verdict comes at its evidence
---@param question kw.Ask
---@return kw.Question
function predict(question) end

--- `q = ask { "question", kind, correct=, answer= or accept=, hints=, why=, id=, retry=, points= }`
--- asks about what has happened, or a rule; verdict at once (retry=true: asked again until right)
---@param question kw.Ask
---@return kw.Question
function ask(question) end

--- `reveal(q)`
--- gives the verdict of a prediction now
---@param q kw.Question
function reveal(q) end

--- `recap { "...", ... }`
--- the sentences to remember
---@param lines string|string[]
function recap(lines) end

--- `look(x, ...)`
--- dims all else until the next look; look() lights everything
---@param ... kw.Named
function look(...) end

--- `show "timeline" | "events" | "dmesg" | "source" | "pools" | "machine"`
--- opens a view, until the lesson goes on; in line mode its lines are printed
---@param view "timeline"|"events"|"dmesg"|"source"|"pools"|"machine"
function show(view) end

--- `expect(cond, "text")`
--- the author's own assertion: false is a faulty lesson, never the student's mistake
---@param cond kw.Value|kw.Thing|kw.Event
---@param text? string
function expect(cond, text) end

--- `note("text", value, ...)`
--- for the author: shown by `check`, `watch` and `run --notes`, never to students
---@param text string
---@param ... kw.Value|kw.Thing|kw.Event
function note(text, ...) end

--- `irq(cpu, name, fn)`
--- one hard interrupt on cpu as soon as time moves; fn(line) runs in hardirq context
---@param cpu integer
---@param name string
---@param fn fun(line: kw.Line)
function irq(cpu, name, fn) end

--- `line = irq_line(cpu, name[, handler])`
--- a device's line
---@param cpu integer
---@param name string
---@param handler? fun(line: kw.Line, dev: kw.Value): integer?
---@return kw.Line
function irq_line(cpu, name, handler) end

--- `raise(line[, cpu])`
--- the device raises its line
---@param line kw.Line
---@param cpu? integer
function raise(line, cpu) end

--- `h = task(cpu, name, fn[, { nice=, fifo= }])`
--- a kernel thread bound to cpu (-1: any), starting now
---@param cpu integer
---@param name string
---@param fn fun()
---@param options? kw.TaskFields
---@return kw.Task
function task(cpu, name, fn, options) end

--- `at(ms, fn)`
--- fn() at lesson time ms
---@param ms number
---@param fn function
function at(ms, fn) end

--- `after(ms, fn)`
--- fn() ms from now
---@param ms number
---@param fn function
function after(ms, fn) end

--- `every(ms, times, fn)`
--- fn() again and again
---@param ms number
---@param times integer
---@param fn function
function every(ms, times, fn) end

--- `when(p, fn)`
--- fn(event) after each match from now on
---@param p kw.Pattern
---@param fn fun(e: kw.Event)
function when(p, fn) end

--- `run(ms)`
--- lets ms pass from now
---@param ms number
function run(ms) end

--- `e = run_until(p[, limit | { limit=, or_nil=true }])`
--- stops right after the first match from now; limit 1000 ms
---@param p kw.Pattern
---@param limit? number|kw.Limit
---@return kw.Event
function run_until(p, limit) end

--- `e = run_before(p[, limit | { limit=, or_nil=true }])`
--- stops just before the first match from now: it has not happened yet
---@param p kw.Pattern
---@param limit? number|kw.Limit
---@return kw.Event
function run_before(p, limit) end

--- `free_play([acts])`
--- hands the machine to the student; with a list of acts carries these out instead
---@param acts? string[]
function free_play(acts) end

--- `run_idle([limit | { limit=, or_stuck=true }])`
--- until nothing is pending, running or armed; an item that waits for ever is a fault
---@param limit? number|kw.IdleLimit
function run_idle(limit) end

--- `you_pick { { thing, "label"[, times=n] }, ..., at="calls"|"accesses" }`
--- from here on the student chooses where two of the listed threads, items and interrupt lines could go on
---@param list kw.YouPick
function you_pick(list) end

--- `ms = now()`
--- time since the machine was switched on
---@return number
function now() end

--- `offline(cpu)`
--- takes a CPU off-line
---@param cpu integer
function offline(cpu) end

--- `online(cpu)`
--- brings a CPU back
---@param cpu integer
function online(cpu) end

--- `ok = freeze()`
--- freezes the system as suspending does: true once nothing freezable is active, false (all thawed) after 20 s
---@return boolean
function freeze() end

--- `thaw()`
--- ends it: limits are back, waiting items start
function thaw() end

--- `no_new_workers(on)`
--- thread creation blocks from here on, or works again
---@param on boolean
function no_new_workers(on) end

--- `param(name, value)`
--- writes a parameter of the workqueue code
---@param name string
---@param value string|number|boolean
function param(name, value) end

--- `show_one_workqueue(wq)`
--- the state of one workqueue, in the log
---@param wq kw.Workqueue
function show_one_workqueue(wq) end

--- `show_freezable_workqueues()`
--- the freezable ones that are busy, in the log
function show_freezable_workqueues() end

--- `wq_watchdog_touch(cpu)`
--- resets the watchdog of cpu, although its pools make no progress
---@param cpu integer
function wq_watchdog_touch(cpu) end

--- `sysrq "t"`
--- the kernel lists its workqueues in the log
---@param key "t"
function sysrq(key) end

--- `w = work(name, fn) | work { name=, func=, func_name= }`
--- a work item, idle
---@param name string|kw.WorkFields
---@param fn? fun(w: kw.Work)
---@return kw.Work
function work(name, fn) end

--- `w = delayed_work(name, fn) | delayed_work { ... }`
--- a work item with a timer, idle
---@param name string|kw.WorkFields
---@param fn? fun(w: kw.Work)
---@return kw.Work
function delayed_work(name, fn) end

--- `w = deferrable_work(name, fn) | deferrable_work { ... }`
--- the same with a timer that does not wake an idle CPU
---@param name string|kw.WorkFields
---@param fn? fun(w: kw.Work)
---@return kw.Work
function deferrable_work(name, fn) end

--- `w = rcu_work(name, fn) | rcu_work { ... }`
--- an item that is queued after a grace period, idle
---@param name string|kw.WorkFields
---@param fn? fun(w: kw.Work)
---@return kw.Work
function rcu_work(name, fn) end

--- `ok = queue_work(wq, w)`
--- asks for one run; false: it was pending already
---@param wq kw.Workqueue
---@param w kw.Work
---@return boolean
function queue_work(wq, w) end

--- `ok = queue_work_on(cpu, wq, w)`
--- the same on one CPU
---@param cpu integer
---@param wq kw.Workqueue
---@param w kw.Work
---@return boolean
function queue_work_on(cpu, wq, w) end

--- `ok = queue_work_node(node, wq, w)`
--- the same on a CPU of that node; wq is WQ_UNBOUND
---@param node integer
---@param wq kw.Workqueue
---@param w kw.Work
---@return boolean
function queue_work_node(node, wq, w) end

--- `ok = schedule_work(w)`
--- queue_work() on the system's workqueue
---@param w kw.Work
---@return boolean
function schedule_work(w) end

--- `ok = schedule_work_on(cpu, w)`
--- the same on one CPU
---@param cpu integer
---@param w kw.Work
---@return boolean
function schedule_work_on(cpu, w) end

--- `ok = queue_delayed_work(wq, w, delay)`
--- asks for one run after delay jiffies
---@param wq kw.Workqueue
---@param w kw.Work
---@param delay integer
---@return boolean
function queue_delayed_work(wq, w, delay) end

--- `ok = queue_delayed_work_on(cpu, wq, w, delay)`
--- the same on one CPU
---@param cpu integer
---@param wq kw.Workqueue
---@param w kw.Work
---@param delay integer
---@return boolean
function queue_delayed_work_on(cpu, wq, w, delay) end

--- `ok = schedule_delayed_work(w, delay)`
--- on the system's workqueue
---@param w kw.Work
---@param delay integer
---@return boolean
function schedule_delayed_work(w, delay) end

--- `ok = schedule_delayed_work_on(cpu, w, delay)`
--- the same on one CPU
---@param cpu integer
---@param w kw.Work
---@param delay integer
---@return boolean
function schedule_delayed_work_on(cpu, w, delay) end

--- `was = mod_delayed_work(wq, w, delay)`
--- moves the timer, or arms it; true: it was pending
---@param wq kw.Workqueue
---@param w kw.Work
---@param delay integer
---@return boolean
function mod_delayed_work(wq, w, delay) end

--- `was = mod_delayed_work_on(cpu, wq, w, delay)`
--- the same on one CPU
---@param cpu integer
---@param wq kw.Workqueue
---@param w kw.Work
---@param delay integer
---@return boolean
function mod_delayed_work_on(cpu, wq, w, delay) end

--- `ok = queue_rcu_work(wq, w)`
--- asks for one run after a grace period
---@param wq kw.Workqueue
---@param w kw.Work
---@return boolean
function queue_rcu_work(wq, w) end

--- `waited = flush_work(w)`
--- waits for the last queueing so far
---@param w kw.Work
---@return boolean
function flush_work(w) end

--- `waited = flush_delayed_work(w)`
--- queues it now if its timer runs, then waits
---@param w kw.Work
---@return boolean
function flush_delayed_work(w) end

--- `waited = flush_rcu_work(w)`
--- waits for the grace period, then for the run
---@param w kw.Work
---@return boolean
function flush_rcu_work(w) end

--- `was = cancel_work(w)`
--- takes a queueing back; a run goes on
---@param w kw.Work
---@return boolean
function cancel_work(w) end

--- `was = cancel_work_sync(w)`
--- and waits until no run is left
---@param w kw.Work
---@return boolean
function cancel_work_sync(w) end

--- `was = cancel_delayed_work(w)`
--- takes timer or queueing back; a run goes on
---@param w kw.Work
---@return boolean
function cancel_delayed_work(w) end

--- `was = cancel_delayed_work_sync(w)`
--- and waits until no run is left
---@param w kw.Work
---@return boolean
function cancel_delayed_work_sync(w) end

--- `was = disable_work(w)`
--- cancels, and refuses queueing until enabled
---@param w kw.Work
---@return boolean
function disable_work(w) end

--- `was = disable_work_sync(w)`
--- and waits until no run is left
---@param w kw.Work
---@return boolean
function disable_work_sync(w) end

--- `was = disable_delayed_work(w)`
--- the same for a delayed item
---@param w kw.Work
---@return boolean
function disable_delayed_work(w) end

--- `was = disable_delayed_work_sync(w)`
--- the same for a delayed item
---@param w kw.Work
---@return boolean
function disable_delayed_work_sync(w) end

--- `zero = enable_work(w)`
--- undoes one disable; true: queueing works again
---@param w kw.Work
---@return boolean
function enable_work(w) end

--- `zero = enable_delayed_work(w)`
--- the same for a delayed item
---@param w kw.Work
---@return boolean
function enable_delayed_work(w) end

--- `ok = enable_and_queue_work(wq, w)`
--- enables, and queues if that was the last disable
---@param wq kw.Workqueue
---@param w kw.Work
---@return boolean
function enable_and_queue_work(wq, w) end

--- `yes = work_pending(w)`
--- is PENDING set?  stale at once
---@param w kw.Work
---@return boolean
function work_pending(w) end

--- `yes = delayed_work_pending(w)`
--- is PENDING set?  stale at once
---@param w kw.Work
---@return boolean
function delayed_work_pending(w) end

--- `bits = work_busy(w)`
--- 1 pending, 2 running, 3 both; a hint
---@param w kw.Work
---@return integer
function work_busy(w) end

--- `w = current_work()`
--- the item this worker runs, or nil
---@return kw.Work?
function current_work() end

--- `yes = current_is_workqueue_rescuer()`
--- is this thread a rescuer?
---@return boolean
function current_is_workqueue_rescuer() end

--- `yes = current_is_workqueue_mem_reclaim()`
--- is this an item of a WQ_MEM_RECLAIM workqueue?
---@return boolean
function current_is_workqueue_mem_reclaim() end

--- `err = schedule_on_each_cpu(fn[, name])`
--- fn(w) once on each CPU that is on-line; waits for all; 0 or -errno
---@param fn function
---@param name? string
---@return integer
function schedule_on_each_cpu(fn, name) end

--- `value = work_on_cpu(cpu, fn[, arg])`
--- fn(arg) in a work item on cpu; waits for its value
---@param cpu integer
---@param fn function
---@param arg? kw.Value
---@return kw.Value
function work_on_cpu(cpu, fn, arg) end

--- `value = work_on_cpu_safe(cpu, fn[, arg])`
--- the same with the CPU held on-line, -ENODEV if it is not; gone since 6.17
---@param cpu integer
---@param fn function
---@param arg? kw.Value
---@return kw.Value
function work_on_cpu_safe(cpu, fn, arg) end

--- `queued = execute_in_process_context(fn, w)`
--- calls fn(w) now (0) where that may sleep, else queues w (1); fn is the function w was made with
---@param fn function
---@param w kw.Work
---@return integer
function execute_in_process_context(fn, w) end

--- `set_worker_desc(text)`
--- names the worker for the rest of this item
---@param text string
function set_worker_desc(text) end

--- `wq = alloc_workqueue(name[, flags[, max_active]])`
--- a domain for items; nil if refused
---@param name string
---@param flags? integer
---@param max_active? integer
---@return kw.Workqueue
function alloc_workqueue(name, flags, max_active) end

--- `wq = alloc_ordered_workqueue(name[, flags])`
--- one item at a time, in order
---@param name string
---@param flags? integer
---@return kw.Workqueue
function alloc_ordered_workqueue(name, flags) end

--- `wq = create_workqueue(name)`
--- the way before 2.6.36: one item at a time on each CPU, with a rescuer
---@param name string
---@return kw.Workqueue
function create_workqueue(name) end

--- `wq = create_freezable_workqueue(name)`
--- the same, unbound, and stops while frozen
---@param name string
---@return kw.Workqueue
function create_freezable_workqueue(name) end

--- `wq = create_singlethread_workqueue(name)`
--- the same, ordered
---@param name string
---@return kw.Workqueue
function create_singlethread_workqueue(name) end

--- `destroy_workqueue(wq)`
--- drains it and gives it back
---@param wq kw.Workqueue
function destroy_workqueue(wq) end

--- `workqueue_set_max_active(wq, n)`
--- how many items may be active
---@param wq kw.Workqueue
---@param n integer
function workqueue_set_max_active(wq, n) end

--- `workqueue_set_min_active(wq, n)`
--- how many may be active on each node, whatever its share; wq is WQ_UNBOUND
---@param wq kw.Workqueue
---@param n integer
function workqueue_set_min_active(wq, n) end

--- `err = workqueue_unbound_exclude_cpumask(mask)`
--- isolates CPUs: unbound work leaves those of mask; 0 or -errno
---@param mask integer
---@return integer
function workqueue_unbound_exclude_cpumask(mask) end

--- `err = apply_workqueue_attrs(wq, { nice=, cpumask=, affn_scope=, affn_strict= })`
--- new attributes for a WQ_UNBOUND workqueue; defaults: nice 0, all CPUs, scope "default", not strict
---@param wq kw.Workqueue
---@param attrs kw.Attrs
---@return integer
function apply_workqueue_attrs(wq, attrs) end

--- `err = workqueue_sysfs_register(wq)`
--- gives it a directory in /sys, as WQ_SYSFS does
---@param wq kw.Workqueue
---@return integer
function workqueue_sysfs_register(wq) end

--- `text = sysfs(wq, file) | err = sysfs(wq, file, value)`
--- reads or writes a file in /sys/devices/virtual/workqueue (wq nil: cpumask of all unbound work); err 0 or a negative number
---@param wq kw.Workqueue?
---@param file string
---@param value? string
---@return string|integer
function sysfs(wq, file, value) end

--- `yes = workqueue_congested(cpu, wq)`
--- are items held back there?
---@param cpu integer
---@param wq kw.Workqueue
---@return boolean
function workqueue_congested(cpu, wq) end

--- `flush_workqueue(wq)`
--- waits for all items queued before the call
---@param wq kw.Workqueue
function flush_workqueue(wq) end

--- `flush_scheduled_work()`
--- flushes the system's workqueue (deprecated)
function flush_scheduled_work() end

--- `drain_workqueue(wq)`
--- flushes until empty; only chained work is accepted meanwhile
---@param wq kw.Workqueue
function drain_workqueue(wq) end

--- `burn(ms)`
--- CPU time, offering cond_resched() all the time; interrupts of its CPU count
---@param ms number
function burn(ms) end

--- `hog(ms)`
--- CPU time, never offering
---@param ms number
function hog(ms) end

--- `compute(ms)`
--- CPU time of its own code: burn(ms), and each interrupt of its CPU moves the end by its length
---@param ms number
function compute(ms) end

--- `sleep_ms(ms)`
--- sleeps exactly that long
---@param ms number
function sleep_ms(ms) end

--- `msleep(ms)`
--- the kernel's: whole ms, follows jiffies: 10 takes 10 to 11
---@param ms number
function msleep(ms) end

--- `mdelay(ms)`
--- busy wait, in any context
---@param ms number
function mdelay(ms) end

--- `udelay(us)`
--- busy wait, in any context
---@param us integer
function udelay(us) end

--- `cond_resched()`
--- lets another thread run, if one wants to
function cond_resched() end

--- `j = jiffies()`
--- ticks since the machine was switched on
---@return integer
function jiffies() end

--- `j = msecs_to_jiffies(ms)`
--- rounds up
---@param ms number
---@return integer
function msecs_to_jiffies(ms) end

--- `ms = jiffies_to_msecs(j)`
--- a number of jiffies in milliseconds
---@param j integer
---@return number
function jiffies_to_msecs(j) end

--- `m = mutex(name)`
--- a mutex, unlocked
---@param name string
---@return kw.Mutex
function mutex(name) end

--- `mutex_lock(m)`
--- may sleep
---@param m kw.Mutex
function mutex_lock(m) end

--- `got = mutex_trylock(m)`
--- takes the mutex if it is free; never sleeps; true: taken
---@param m kw.Mutex
---@return boolean
function mutex_trylock(m) end

--- `mutex_unlock(m)`
--- releases the mutex; only the thread that holds it may
---@param m kw.Mutex
function mutex_unlock(m) end

--- `yes = mutex_is_locked(m)`
--- true while a thread holds the mutex
---@param m kw.Mutex
---@return boolean
function mutex_is_locked(m) end

--- `l = spinlock(name)`
--- a spin lock, unlocked
---@param name string
---@return kw.Spinlock
function spinlock(name) end

--- `spin_lock(l)`
--- no sleeping until spin_unlock()
---@param l kw.Spinlock
function spin_lock(l) end

--- `spin_unlock(l)`
--- releases the lock
---@param l kw.Spinlock
function spin_unlock(l) end

--- `spin_lock_irqsave(l)`
--- interrupts of this CPU wait too
---@param l kw.Spinlock
function spin_lock_irqsave(l) end

--- `spin_unlock_irqrestore(l)`
--- releases the lock and allows interrupts as before spin_lock_irqsave()
---@param l kw.Spinlock
function spin_unlock_irqrestore(l) end

--- `c = completion(name[, { by = item }])`
--- something to wait for; by: the item (or its name) whose function completes it, for the chain of waiters
---@param name string
---@param options? kw.CompletionFields
---@return kw.Completion
function completion(name, options) end

--- `wait_for_completion(c)`
--- may sleep
---@param c kw.Completion
function wait_for_completion(c) end

--- `got = try_wait_for_completion(c)`
--- takes one completion if there is one; never sleeps; true: taken
---@param c kw.Completion
---@return boolean
function try_wait_for_completion(c) end

--- `complete(c)`
--- wakes one waiter
---@param c kw.Completion
function complete(c) end

--- `complete_all(c)`
--- wakes all waiters, now and later
---@param c kw.Completion
function complete_all(c) end

--- `yes = completion_done(c)`
--- true if a wait would return at once
---@param c kw.Completion
---@return boolean
function completion_done(c) end

--- `err = request_irq(line, handler[, flags[, name[, dev]]])`
--- handler(line, dev) in hardirq context; 0 or -errno
---@param line kw.Line
---@param handler fun(line: kw.Line, dev: kw.Value): integer?
---@param flags? integer
---@param name? string
---@param dev? kw.Value
---@return integer
function request_irq(line, handler, flags, name, dev) end

--- `err = request_threaded_irq(line, handler, thread_fn[, flags[, name[, dev]]])`
--- handler may return IRQ_WAKE_THREAD
---@param line kw.Line
---@param handler fun(line: kw.Line, dev: kw.Value): integer?
---@param thread_fn fun(line: kw.Line, dev: kw.Value): integer?
---@param flags? integer
---@param name? string
---@param dev? kw.Value
---@return integer
function request_threaded_irq(line, handler, thread_fn, flags, name, dev) end

--- `free_irq(line[, dev])`
--- detaches; waits for a running handler
---@param line kw.Line
---@param dev? kw.Value
function free_irq(line, dev) end

--- `t = tasklet(name, fn)`
--- fn() in softirq context
---@param name string
---@param fn fun()
---@return kw.Tasklet
function tasklet(name, fn) end

--- `tasklet_schedule(t)`
--- runs the tasklet in a softirq of this CPU, once, soon
---@param t kw.Tasklet
function tasklet_schedule(t) end

--- `tasklet_hi_schedule(t)`
--- as tasklet_schedule(), in the softirq HI, which runs first
---@param t kw.Tasklet
function tasklet_hi_schedule(t) end

--- `tasklet_kill(t)`
--- waits until it neither runs nor is scheduled
---@param t kw.Tasklet
function tasklet_kill(t) end

--- `open_softirq(vec, fn)`
--- fn() serves that vector; NET_TX_SOFTIRQ, NET_RX_SOFTIRQ, BLOCK_SOFTIRQ or IRQ_POLL_SOFTIRQ
---@param vec integer
---@param fn function
function open_softirq(vec, fn) end

--- `raise_softirq(vec)`
--- its function is called on this CPU soon
---@param vec integer
function raise_softirq(vec) end

--- `t = timer(name, fn)`
--- a kernel timer: fn(t) in softirq context
---@param name string
---@param fn function
---@return kw.Timer
function timer(name, fn) end

--- `was = mod_timer(t, expires)`
--- arms it for jiffy expires (jiffies() + n)
---@param t kw.Timer
---@param expires integer
---@return boolean
function mod_timer(t, expires) end

--- `was = timer_delete(t)`
--- stops the timer; does not wait for a callback that runs; true: it was armed
---@param t kw.Timer
---@return boolean
function timer_delete(t) end

--- `was = timer_delete_sync(t)`
--- waits for a running function too; a timer that its function arms again is stopped as well
---@param t kw.Timer
---@return boolean
function timer_delete_sync(t) end

--- `yes = timer_pending(t)`
--- true while the timer is armed
---@param t kw.Timer
---@return boolean
function timer_pending(t) end

--- `printk(text | format, ...)`
--- a line of the kernel's log
---@param format string
---@param ... kw.Value
function printk(format, ...) end

--- `cpu = smp_processor_id()`
--- the number of the current CPU
---@return integer
function smp_processor_id() end

--- `yes = in_hardirq()`
--- true inside an interrupt handler
---@return boolean
function in_hardirq() end

--- `yes = in_softirq()`
--- true inside a softirq, or with softirqs off
---@return boolean
function in_softirq() end

--- `yes = in_task()`
--- true in a thread, outside interrupts and softirqs
---@return boolean
function in_task() end

--- `yes = in_atomic()`
--- sleeping is not allowed here
---@return boolean
function in_atomic() end

--- `preempt_disable()`
--- no other thread runs on this CPU until preempt_enable(); may be nested
function preempt_disable() end

--- `preempt_enable()`
--- ends one preempt_disable()
function preempt_enable() end

--- `name = current_comm()`
--- the name of this thread
---@return string
function current_comm() end

--- `o = object(name[, fields])`
--- modelled memory; an item stored in a field is embedded
---@param name string
---@param fields? table<string, kw.Value>
---@return kw.Object
function object(name, fields) end

--- `kfree(o)`
--- frees it; an item pending or armed inside is a bug
---@param o kw.Object
function kfree(o) end

--- `v = shared(name, value)`
--- one shared variable: v.value
---@param name string
---@param value kw.Value
---@return kw.Shared
function shared(name, value) end

--- `o = container_of(w)`
--- the object an item is embedded in
---@param w kw.Work
---@return kw.Object
function container_of(w) end

--- `m = insmod(name, driver[, opt])`
--- loads { object=, probe=, remove= }: calls probe(dev, opt)
---@param name string
---@param driver kw.Driver
---@param opt? kw.Value
---@return kw.Module
function insmod(name, driver, opt) end

--- `rmmod(m)`
--- calls remove(dev); a run that goes on and a leak are bugs
---@param m kw.Module
function rmmod(m) end

--- `queues(x)`
--- an item is put on a workqueue
---@param x kw.Named
---@return kw.Pattern
function queues(x) end

--- `activates(x)`
--- it enters a pool's worklist
---@param x kw.Named
---@return kw.Pattern
function activates(x) end

--- `starts(x)`
--- a worker calls its function
---@param x kw.Named
---@return kw.Pattern
function starts(x) end

--- `ends(x)`
--- the function has returned
---@param x kw.Named
---@return kw.Pattern
function ends(x) end

--- `collides(x)`
--- taken while another worker still runs it
---@param x kw.Named
---@return kw.Pattern
function collides(x) end

--- `cancels(x)`
--- cancel or disable took effect
---@param x kw.Named
---@return kw.Pattern
function cancels(x) end

--- `delays(x)`
--- its timer was armed
---@param x kw.Named
---@return kw.Pattern
function delays(x) end

--- `sets_pending(x)`
--- PENDING was clear and is set
---@param x kw.Named
---@return kw.Pattern
function sets_pending(x) end

--- `clears_pending(x)`
--- PENDING is cleared
---@param x kw.Named
---@return kw.Pattern
function clears_pending(x) end

--- `sleeps(x)`
--- a worker blocks inside item x
---@param x kw.Named
---@return kw.Pattern
function sleeps(x) end

--- `wakes(x)`
--- a worker inside item x is back from blocking; x a pool: it wakes a worker
---@param x kw.Named
---@return kw.Pattern
function wakes(x) end

--- `creates([pool])`
--- a new worker exists
---@param pool? kw.Named
---@return kw.Pattern
function creates(pool) end

--- `culls([pool])`
--- an idle worker is ended
---@param pool? kw.Named
---@return kw.Pattern
function culls(pool) end

--- `manages([pool])`
--- a worker becomes manager
---@param pool? kw.Named
---@return kw.Pattern
function manages(pool) end

--- `maydays([wq])`
--- a pool calls for this workqueue's rescuer
---@param wq? kw.Named
---@return kw.Pattern
function maydays(wq) end

--- `rescues([wq or item])`
--- the rescuer takes an item
---@param x? kw.Named
---@return kw.Pattern
function rescues(x) end

--- `stalls([pool])`
--- the watchdog reports a pool
---@param pool? kw.Named
---@return kw.Pattern
function stalls(pool) end

--- `hogs([x])`
--- an item was caught on the CPU for too long
---@param x? kw.Named
---@return kw.Pattern
function hogs(x) end

--- `calls(f[, x])`
--- lesson code calls a kernel function; f or "f"
---@param f function|string
---@param x? kw.Named
---@return kw.Pattern
function calls(f, x) end

--- `returns(f[, x])`
--- it has returned (.ret)
---@param f function|string
---@param x? kw.Named
---@return kw.Pattern
function returns(f, x) end

--- `prints "text"`
--- a line of the log with this text in it
---@param text string
---@return kw.Pattern
function prints(text) end

--- `bug([kind])`
--- a broken rule was reported
---@param kind? string
---@return kw.Pattern
function bug(kind) end

--- `frees(name)`
--- modelled memory was freed
---@param name kw.Named
---@return kw.Pattern
function frees(name) end

--- `event(name[, { field=value }])`
--- anything in docs/events.md
---@param name string
---@param fields? table<string, kw.Value|kw.Thing>
---@return kw.Pattern
function event(name, fields) end

--- `cpu(n)`
--- a thing to look at
---@param n integer
---@return kw.Cpu
function cpu(n) end

--- `pool(cpu[, "high"]) | pool(x)`
--- a pool: of a CPU, or the one that ran or holds item x
---@param x integer|kw.Named
---@param high? "high"
---@return kw.Pool
function pool(x, high) end

--- `worker(name)`
--- a worker by its name, "kworker/0:1"
---@param name string
---@return kw.Worker
function worker(name) end

--- `near(a, b[, 0.1])`
--- do two times differ by at most 0.1 ms?
---@param a number
---@param b number
---@param by? number
---@return boolean
function near(a, b, by) end

--- the shared workqueue
---@type kw.Workqueue
system_wq = nil

--- its new name
---@type kw.Workqueue
system_percpu_wq = nil

--- the shared WQ_HIGHPRI workqueue
---@type kw.Workqueue
system_highpri_wq = nil

--- for long items
---@type kw.Workqueue
system_long_wq = nil

--- for items of no CPU
---@type kw.Workqueue
system_unbound_wq = nil

--- its new name
---@type kw.Workqueue
system_dfl_wq = nil

--- stops while frozen
---@type kw.Workqueue
system_freezable_wq = nil

--- unbound if power_efficient is set
---@type kw.Workqueue
system_power_efficient_wq = nil

--- both of these
---@type kw.Workqueue
system_freezable_power_efficient_wq = nil

--- items that run in softirq context
---@type kw.Workqueue
system_bh_wq = nil

--- the same, before all other softirqs
---@type kw.Workqueue
system_bh_highpri_wq = nil

--- items run in softirq context
---@type integer
WQ_BH = nil

--- not bound to a CPU
---@type integer
WQ_UNBOUND = nil

--- stops while frozen
---@type integer
WQ_FREEZABLE = nil

--- has a rescuer
---@type integer
WQ_MEM_RECLAIM = nil

--- served by the pool of nice -20
---@type integer
WQ_HIGHPRI = nil

--- running items do not count
---@type integer
WQ_CPU_INTENSIVE = nil

--- visible as files
---@type integer
WQ_SYSFS = nil

--- unbound if the parameter power_efficient is set
---@type integer
WQ_POWER_EFFICIENT = nil

--- per-CPU, stated explicitly
---@type integer
WQ_PERCPU = nil

--- no CPU requested
---@type integer
WORK_CPU_UNBOUND = nil

--- a vector for open_softirq()
---@type integer
NET_TX_SOFTIRQ = nil

--- another vector
---@type integer
NET_RX_SOFTIRQ = nil

--- another vector
---@type integer
BLOCK_SOFTIRQ = nil

--- another vector
---@type integer
IRQ_POLL_SOFTIRQ = nil

--- the interrupt came from another device
---@type integer
IRQ_NONE = nil

--- done
---@type integer
IRQ_HANDLED = nil

--- wake the line's thread
---@type integer
IRQ_WAKE_THREAD = nil

--- several handlers on a line
---@type integer
IRQF_SHARED = nil

--- the line stays off until the thread is done
---@type integer
IRQF_ONESHOT = nil
