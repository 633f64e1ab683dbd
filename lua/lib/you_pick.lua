-- lib/you_pick.lua: the student in the role of the scheduler.
--
-- From you_pick{} on a listed thing goes on only when it is let: a thread before each call of the
-- kernel (and, with at = "accesses", before each access to an object), an item before a worker takes
-- it, an interrupt when it is raised.  When nothing that is listed moves any more, and several of them
-- can go on, the machine stops and the student chooses; one that is alone goes on by itself.  A
-- thing that sleeps cannot go on.  Where only interrupts can, and another thing may come back, letting
-- time pass is a choice too.
--
-- Lives here:   you_pick{}, when a choice is due, the end of choosing.
-- Never here:   holding threads, what each thing can do (lua/you_pick.c).

local R = run_state
local fail = R.fail

local CHOICES_MAX = 500		-- CHOOSING_PATH_MAX in model/choosing.h
local THINGS_MAX = 8
local TIME = "-"

local thing_fields = { [1] = true, [2] = true, times = true }
local row_fields = { at = true }

local function read_thing(row, i)
  if type(row) ~= "table" then fail("you_pick: entry %d is { thing, \"label\" }", i) end
  for key in pairs(row) do
    if not thing_fields[key] then fail("you_pick: entry %d has an unknown field '%s'%s", i, tostring(key), headings.did_you_mean(key, thing_fields)) end
  end
  local what = core.pick_kind(row[1])
  if not what then fail("you_pick: entry %d: a task, a work item or an interrupt line expected, got a %s", i, (core.kind(row[1]))) end
  if type(row[2]) ~= "string" or row[2] == "" or not utf8.len(row[2]) or utf8.len(row[2]) > 24 or row[2]:find("%c") then
    fail("you_pick: entry %d: its label is one line of at most 24 characters", i)
  end
  if what ~= "line" and row.times ~= nil then fail("you_pick: entry %d: times belongs to an interrupt line", i) end
  if row.times ~= nil and (math.type(row.times) ~= "integer" or row.times < 1 or row.times > 100) then
    fail("you_pick: entry %d: times is a whole number from 1 to 100", i)
  end
  return { row[1], row[2], row.times or 1 }
end

function you_pick(t)
  R.not_inside("you_pick")
  if type(t) ~= "table" then fail("you_pick takes a list: you_pick { { thing, \"label\" }, ... }") end
  if not R.exercise or R.exercise.kind ~= "scheduler" then fail("you_pick belongs to an exercise of the kind \"scheduler\"") end
  if R.picking then fail("you_pick: the student chooses already") end
  for key in pairs(t) do
    if math.type(key) ~= "integer" and not row_fields[key] then
      fail("you_pick: unknown field '%s'%s", tostring(key), headings.did_you_mean(key, row_fields))
    end
  end
  if t.at ~= nil and t.at ~= "calls" and t.at ~= "accesses" then fail("you_pick: at is \"calls\" or \"accesses\"") end
  if #t < 2 or #t > THINGS_MAX then fail("you_pick: 2 to %d things to choose from", THINGS_MAX) end
  local things = {}
  for i, row in ipairs(t) do
    things[i] = read_thing(row, i)
    for k = 1, i - 1 do
      if things[k][1] == things[i][1] then fail("you_pick: entries %d and %d are the same thing", k, i) end
    end
  end
  core.pick_begin(things, t.at == "accesses")
  R.picking, R.choices = true, 0
  R.reach_scan = core.scan(R.exercise.reach)
end

-- A token: the scene ends here, because the wanted event was reached.
R.reached = {}

local function choose(list, can)
  if R.choices == CHOICES_MAX then fail("more than %d choices of the student", CHOICES_MAX) end
  R.choices = R.choices + 1
  core.emit("CHOOSE", { ordinal = R.choices, can = can, text = table.concat(list.lines, "\n") })
  local kind, name, ordinal = R.wait("choose", tostring(R.choices))
  if kind ~= "choose" then core.fail_at("", string.format("go: choice %d is open", R.choices)) end
  local at
  for i, n in ipairs(list) do at = n == name and i or at end
  if ordinal ~= R.choices then
    core.fail_at("", string.format("choose %d %s: this is choice %d", ordinal, name, R.choices))
  elseif not at or not list.can[at] then
    core.fail_at("", string.format("choose %d %s: '%s' cannot go on here", ordinal, name, name))
  end
  core.emit("CHOSEN", { ordinal = R.choices, thing = name ~= TIME and at or 0, text = name })
  return name ~= TIME and at or nil
end

-- Lets one thing go on if nothing listed moves.  Return: true: time has to pass, a thing moves or none can go on.
local function step()
  local list = core.pick_state()
  if not list then
    R.time_passes = nil
    return true
  end
  local can, last, lines_only = 0, nil, true
  for i in ipairs(list) do
    if list.can[i] then
      can, last = can + 1, i
      lines_only = lines_only and list.is_line[i]
    end
  end
  if can == 0 then return true end
  if lines_only and list.may_come then
    if R.time_passes then return true end
    list[#list + 1], list.can[#list + 1] = TIME, true
    list.lines[#list.lines + 1] = "0\t-\t" .. TIME .. "\t\t\t\t0"
    can = can + 1
  end
  local at = can == 1 and last or choose(list, can)
  if not at then
    R.time_passes = true
    return true
  end
  core.pick_go(at)
end

-- In pump(), before time passes.  Ends the scene when the event was reached.
function R.pick()
  if core.hit(R.reach_scan) then
    R.picking = nil
    core.pick_end()
    error(R.reached, 0)
  end
  while not step() do end
end

-- Behind the judging of the checks: the student sees what was reached, and may take choices back.
function R.pick_over(reached, evidence)
  if not R.choices then return end
  core.emit("CHOOSING_OVER", { reached = reached, choices = R.choices, par = R.exercise.par or 0, evidence = evidence })
  local kind, name, ordinal = R.wait("choose", "0")
  if kind == "choose" then core.fail_at("", string.format("choose %d %s: no choice is open any more", ordinal, name)) end
end
