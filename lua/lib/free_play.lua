-- lib/free_play.lua: free play, in which the student's acts are carried out one after the other.
--
-- Each act is an input (run/free_play.h).  A call of the kernel is made by a thread named
-- "you", of the fifo class, so that it happens at once; functions of items and of calls are
-- made from text, so that the trace can name their lines.
--
-- Lives here:   free_play(), and the effect of each act.
-- Never here:   reading an act (run/free_play.c), time and fences (lesson.lua).

local R = run_state

local SLICE_NS  = 1000			-- steps in which a call is watched
local SETTLE_NS = 100000		-- a call that takes longer goes on by itself
local QUIET_NS  = 100000000		-- `run` ends here, if it is not quiet before
local STEP_NS   = 1000000
local EVENTS_MAX = 20000		-- .. or after so many events
local TASK_CLASS = { fifo = 50 }

local things = {}			-- by name: items, workqueues, lines, locks
local bodies = {}			-- of items, by name
local handlers = {}			-- of lines: interrupts handled so far

-- ---- functions made from text -------------------------------------------------------

-- The lines use the things in @names; those of the system are known anyway.
local function compile(lines, names)
  local list, values, seen = {}, {}, {}
  for _, name in ipairs(names) do
    if things[name] ~= nil and not seen[name] then
      seen[name] = true
      list[#list + 1] = name
      values[#values + 1] = things[name]
    end
  end
  local head = #list > 0 and "local " .. table.concat(list, ", ") .. " = ... " or ""
  local text = head .. "return function(w)\n  " .. table.concat(lines, "\n  ") .. "\nend\n"
  return core.free_code(text)(table.unpack(values))
end

local function queue_text(wq, item, delayed, ms)
  if not delayed then return "queue_work(" .. wq .. ", " .. item .. ")" end
  local delay = ms and ms ~= "0" and "msecs_to_jiffies(" .. ms .. ")" or "0"
  return "queue_delayed_work(" .. wq .. ", " .. item .. ", " .. delay .. ")"
end

local step_text = {
  burn = function(s) return "burn(" .. s.ms .. ")" end,
  sleep = function(s) return "sleep_ms(" .. s.ms .. ")" end,
  lock = function(s) return "mutex_lock(" .. s.lock .. ")" end,
  unlock = function(s) return "mutex_unlock(" .. s.lock .. ")" end,
  queue = function(s) return queue_text(s.wq, s.item, s.delayed) end,
  delay = function(s) return queue_text(s.wq, s.item, true, s.ms) end,
}

-- ---- letting a call happen --------------------------------------------------------------

local function settle(done, limit)
  local till = core.ns() + (limit or SETTLE_NS)
  repeat
    local _, why = R.pump(core.ns() + SLICE_NS, { pass = true })
  until done() or why ~= "time" or core.ns() >= till
end

-- The student's thread makes the call in @text.  A call that sleeps goes on later.
local function call(a, text, ...)
  local fn, done = compile({ text }, { ... }), false
  task(a.own_cpu, "you", function()
    fn()
    done = true
  end, TASK_CLASS)
  settle(function() return done end)
end

-- ---- acts ---------------------------------------------------------------------------------

local acts = {}

function acts.item(a)
  local lines, names = {}, {}
  for i, s in ipairs(a.steps) do
    if s.lock and things[s.lock] == nil then things[s.lock] = mutex(s.lock) end
    lines[i] = step_text[s.kind](s)
    names[#names + 1] = s.lock
    names[#names + 1] = s.item
    names[#names + 1] = s.wq
  end
  bodies[a.name] = compile(lines, names)
  if things[a.name] == nil then
    local make = a.delayed and delayed_work or work
    things[a.name] = make(a.name, function(w) return bodies[a.name](w) end)
  end
end

function acts.wq(a)
  local args = '"' .. a.name .. '", ' .. a.flags .. (a.number > 0 and ", " .. a.number or "")
  local make = a.ordered and "alloc_ordered_workqueue" or "alloc_workqueue"
  local fn, done = compile({ "return " .. make .. "(" .. args .. ")" }, {}), false
  task(a.own_cpu, "you", function()
    things[a.name] = fn()
    done = true
  end, TASK_CLASS)
  settle(function() return done end, QUIET_NS)
end

function acts.line(a)
  local lines, names = {}, { a.wq }
  for i, it in ipairs(a.items) do
    lines[i] = queue_text(a.wq, it.item, it.delayed)
    names[#names + 1] = it.item
  end
  local fn = compile(lines, names)
  handlers[a.name] = 0
  things[a.name] = irq_line(a.cpu, a.name, function(l)
    fn(l)
    handlers[a.name] = handlers[a.name] + 1
  end)
end

function acts.queue(a)
  local text = queue_text(a.wq, a.item, a.delayed)
  if a.cpu then text = text:gsub("^(queue_%w*work)%(", "%1_on(" .. a.cpu .. ", ") end
  call(a, text, a.wq, a.item)
end

function acts.schedule(a)
  local text = a.delayed and "schedule_delayed_work(" .. a.item .. ", 0)" or "schedule_work(" .. a.item .. ")"
  call(a, text, a.item)
end

function acts.delay(a)
  local text = queue_text(a.wq, a.item, true, a.ms)
  if a.cpu then text = text:gsub("^queue_delayed_work%(", "queue_delayed_work_on(" .. a.cpu .. ", ") end
  call(a, text, a.wq, a.item)
end

function acts.mod(a)
  call(a, "mod_delayed_work(" .. a.wq .. ", " .. a.item .. ", msecs_to_jiffies(" .. a.ms .. "))", a.wq, a.item)
end

function acts.irq(a)
  local before = handlers[a.line]
  raise(things[a.line], a.cpu)
  settle(function() return handlers[a.line] > before end)
end

function acts.cancel(a)
  call(a, (a.delayed and "cancel_delayed_work_sync(" or "cancel_work_sync(") .. a.item .. ")", a.item)
end

function acts.take_back(a)
  call(a, (a.delayed and "cancel_delayed_work(" or "cancel_work(") .. a.item .. ")", a.item)
end

function acts.flush(a)
  if a.item then
    call(a, (a.delayed and "flush_delayed_work(" or "flush_work(") .. a.item .. ")", a.item)
  else
    call(a, "flush_workqueue(" .. a.wq .. ")", a.wq)
  end
end

function acts.drain(a)
  call(a, "drain_workqueue(" .. a.wq .. ")", a.wq)
end

function acts.max(a)
  call(a, "workqueue_set_max_active(" .. a.wq .. ", " .. a.number .. ")", a.wq)
end

function acts.off(a)
  call(a, "offline(" .. a.cpu .. ")")
end

function acts.on(a)
  call(a, "online(" .. a.cpu .. ")")
end

function acts.threads(a)
  no_new_workers(not a.on)
end

-- Until nothing is left to do, or for a.ns.  An item that queues itself for ever does not fill the trace.
function acts.run(a)
  local till = core.ns() + (a.ns or QUIET_NS)
  local from, step = core.count(), STEP_NS
  repeat
    local target = math.min(core.ns() + step, till)
    local _, why = R.pump(target, a.ns and { pass = true } or { idle = true })
    if why == "no_future" and target < till then
      step = step * 2
      why = "time"
    elseif why == "time" then
      step = STEP_NS
    end
  until why ~= "time" or core.ns() >= till or core.count() - from > EVENTS_MAX
end

-- ---- the whole ------------------------------------------------------------------------------

local function one(n, text)
  local a, wrong = core.free_act(text)
  if not a then R.fail("act %d, \"%s\": %s", n, text, wrong) end
  acts[a.op](a)
end

-- With a list of acts they are carried out, and the lesson goes on.
function free_play(list)
  R.not_inside("free_play")
  if list ~= nil and type(list) ~= "table" then
    R.fail("free_play: a list of acts is needed, as { \"queue scan\", \"run\" }; this is a %s", type(list))
  end
  local a, i = core.free_first(1), 1
  while a do
    acts[a.op](a)
    i = i + 1
    a = core.free_first(i)
  end
  for n, text in ipairs(list or {}) do
    if type(text) ~= "string" then R.fail("free_play: act %d is a %s, and not a line of text", n, type(text)) end
    one(n, text)
  end
  for n = 1, list and 0 or math.maxinteger do
    local kind, text = R.wait("act", tostring(n))
    if kind ~= "act" then return end
    one(n, text)
  end
end
