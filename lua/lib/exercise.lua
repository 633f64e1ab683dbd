-- lib/exercise.lua: an exercise: its table, the student's files and settings, its checks.
--
-- A run of an exercise plays its scene once and is judged once: the checks look at the whole
-- trace after the scene.  The visible process makes many runs, under many schedules.  A fault of
-- a student's file ends the scene and is a result of the run; it is no fault of the exercise.
--
-- Lives here:   exercise{} and hidden_checks{}, their fields, one run of them, the judging of checks.
-- Never here:   cards and questions of a scene (question.lua), points of a student, schedules (src/exercise).

local R = run_state
local fail, payload = R.fail, R.payload

local KIND = { predict = 1, observe = 2, configure = 3, repair = 4, scheduler = 5, dump = 6 }	-- enum trace_exercise_kind
local PART = { FILE = 1, FILE_TEXT = 2, FILE_FAULT = 3, SET = 4, VALUE = 5, HINT = 6, WHY = 7, SETTING = 8, CHECK_FILE = 9,
               HARMLESS = 10, AFTER = 11, PAR = 12, REPORT = 13, MAP = 14 }			-- enum trace_exercise_part
local FORM = { test = 1, never = 2, eventually = 3, within = 4, order = 5, once = 6, goal = 7, reach = 8, after = 9 }
local SHOW = { full = 1, first = 2, verdict = 3, none = 4 }
local RESULT = { fails = 0, holds = 1, cannot = 2 }
local CHECKS_MAX, SCHEDULES_MAX, NAME_COLUMNS = 32, 20000, 60
local PIECE_BYTES = 3000		-- of a file's text in one event

R.wq_flags = { UNBOUND = WQ_UNBOUND, FREEZABLE = WQ_FREEZABLE, MEM_RECLAIM = WQ_MEM_RECLAIM, HIGHPRI = WQ_HIGHPRI,
               CPU_INTENSIVE = WQ_CPU_INTENSIVE, SYSFS = WQ_SYSFS, POWER_EFFICIENT = WQ_POWER_EFFICIENT, BH = WQ_BH,
               PERCPU = WQ_PERCPU }

-- ---- checks ------------------------------------------------------------------------------

local function is_pattern(x) return core.kind(x) == "pattern" end

local function list_of_patterns(x, least)
  if type(x) ~= "table" or #x < least then return false end
  for _, p in ipairs(x) do
    if not is_pattern(p) then return false end
  end
  return true
end

local metrics = { makespan = false, workers = false, latency = true, cpu = true }	-- needs a thing?
local compare = {
  ["<"] = function(a, b) return a < b end, ["<="] = function(a, b) return a <= b end,
  [">"] = function(a, b) return a > b end, [">="] = function(a, b) return a >= b end,
}

-- { metric, "<", number }: the metric is "makespan", "workers", { "latency", x, "p99" } or { "cpu", x }.
local function read_goal(what, goal)
  if type(goal) ~= "table" or #goal ~= 3 or not compare[goal[2]] or type(goal[3]) ~= "number" then
    fail("%s: goal = { metric, \"<\", number }", what)
  end
  local metric = type(goal[1]) == "table" and goal[1] or { goal[1] }
  if metrics[metric[1]] == nil then
    fail("%s: there is no metric '%s' (makespan, workers, { \"latency\", x, \"p99\" }, { \"cpu\", x })", what, tostring(metric[1]))
  end
  if metrics[metric[1]] and metric[2] == nil then fail("%s: { \"%s\", x }: of which thing?", what, metric[1]) end
  if metric[1] == "latency" and not (metric[3] or "max"):match("^p%d%d?$") and metric[3] ~= "max" and metric[3] ~= "mean" then
    fail("%s: a latency is \"p50\" to \"p99\", \"mean\" or \"max\"", what)
  end
end

local forms = {
  never = function(what, p) if not is_pattern(p) then fail("%s: never = a pattern", what) end end,
  eventually = function(what, p) if not is_pattern(p) then fail("%s: eventually = a pattern", what) end end,
  once = function(what, p) if not is_pattern(p) then fail("%s: once = a pattern", what) end end,
  within = function(what, w)
    if type(w) ~= "table" or type(w[1]) ~= "number" or w[1] < 0 or not is_pattern(w[2]) or not is_pattern(w[3]) or #w ~= 3 then
      fail("%s: within = { ms, pattern, pattern }", what)
    end
  end,
  order = function(what, list) if not list_of_patterns(list, 2) then fail("%s: order = a list of at least two patterns", what) end end,
  goal = read_goal,
  test = function(what, fn) if type(fn) ~= "function" then fail("%s: test = function(t, p, s) ... end", what) end end,
}

local check_fields = { points = true, schedules = true, feedback = true, show = true, files = true }
local hidden_only = { params = true, scene = true }

-- schedules = N | { N, jitter = x } -> N, x
local function read_schedules(what, s)
  if s == nil then return 1, 0 end
  if type(s) == "number" then s = { s } end
  if type(s) ~= "table" then fail("%s: schedules = N, or { N, jitter = x }", what) end
  for key in pairs(s) do
    if key ~= 1 and key ~= "jitter" then fail("%s: schedules has an unknown field '%s'", what, tostring(key)) end
  end
  local jitter = s.jitter or 0
  if math.type(s[1]) ~= "integer" or s[1] < 1 or s[1] > SCHEDULES_MAX then
    fail("%s: schedules is a whole number from 1 to %d", what, SCHEDULES_MAX)
  end
  if type(jitter) ~= "number" or jitter < 0 or jitter > 0.9 then fail("%s: jitter is a number from 0 to 0.9", what) end
  return s[1], jitter
end

local function read_points(what, points)
  if points == nil then return 0 end
  if type(points) ~= "number" or points < 0 or points * 2 ~= math.floor(points * 2) then
    fail("%s: points is a number from 0 in steps of a half", what)
  end
  return math.tointeger(points * 2)
end

local function read_form(what, c)
  local form
  for name in pairs(forms) do
    if c[name] ~= nil then
      if form then fail("%s is of two forms: %s and %s", what, form, name) end
      form = name
    end
  end
  if not form then fail("%s has no form: never, eventually, within, order, once, goal or test", what) end
  forms[form](what, c[form])
  return form
end

local function read_files(what, files)
  if files == nil then return nil end
  if type(files) ~= "table" then fail("%s: files is a list of the exercise's files", what) end
  for _, name in ipairs(files) do
    local known = false
    for _, f in ipairs(R.exercise.files or {}) do known = known or f == name end
    if not known then fail("%s: '%s' is not a file of the exercise", what, tostring(name)) end
  end
  return files
end

local function read_check(c, number, hidden)
  if type(c) ~= "table" or type(c[1]) ~= "string" then fail("check %d: { \"name\", points =, test = ... }", number) end
  local what = string.format("check '%s'", c[1])
  if utf8.len(c[1]) == nil or utf8.len(c[1]) > NAME_COLUMNS or c[1] == "" or c[1]:find("%c") then
    fail("check %d: its name is one line of at most %d characters", number, NAME_COLUMNS)
  end
  for key in pairs(c) do
    if key ~= 1 and not forms[key] and not check_fields[key] and not (hidden and hidden_only[key]) then
      local known = {}
      for _, names in ipairs { forms, check_fields, hidden and hidden_only or {} } do
        for name in pairs(names) do known[name] = true end
      end
      fail("%s: unknown field '%s'%s", what, tostring(key), headings.did_you_mean(key, known))
    end
  end
  if c.show ~= nil and not SHOW[c.show] then fail("%s: show is \"full\", \"first\", \"verdict\" or \"none\"", what) end
  if c.feedback ~= nil and type(c.feedback) ~= "string" then fail("%s: feedback is a text", what) end
  if c.scene ~= nil and type(c.scene) ~= "function" then fail("%s: scene = function(p, student) ... end", what) end
  if c.params ~= nil and type(c.params) ~= "table" then fail("%s: params = { name = value }", what) end
  local out = { name = c[1], number = number, form = read_form(what, c), halves = read_points(what, c.points),
                show = SHOW[c.show] or (hidden and SHOW.verdict or SHOW.full), feedback = c.feedback,
                files = read_files(what, c.files), scene = c.scene, params = c.params, hidden = hidden }
  out.value = c[out.form]
  out.schedules, out.jitter = read_schedules(what, c.schedules)
  return out
end

-- The checks of a list, numbered from @from on.
local function read_checks(list, from, hidden)
  local out, names = {}, {}
  for i, c in ipairs(list) do
    out[i] = read_check(c, from + i, hidden)
    if names[out[i].name] then fail("two checks are called '%s'", out[i].name) end
    names[out[i].name] = true
  end
  for key in pairs(list) do
    if not (math.type(key) == "integer" and key >= 1 and key <= #list) and key ~= "hidden" and not (hidden and key == "params") then
      fail("checks: unknown field '%s'%s", tostring(key), headings.did_you_mean(key, { hidden = true }))
    end
  end
  return out
end

-- hidden = { points =, show = } among the checks -> halves
local function read_hidden_share(h)
  if h == nil then return 0 end
  if type(h) ~= "table" then fail("checks: hidden = { points =, show = }") end
  for key in pairs(h) do
    if key ~= "points" and key ~= "show" then fail("checks: hidden has an unknown field '%s'", tostring(key)) end
  end
  if h.show ~= nil and not SHOW[h.show] then fail("checks: hidden.show is \"full\", \"first\", \"verdict\" or \"none\"") end
  return read_points("checks: hidden", h.points)
end

-- ---- settings ---------------------------------------------------------------------------------

local scope_words = { "default", "cpu", "smt", "cache", "numa", "system" }
local scopes = {}
for _, w in ipairs(scope_words) do scopes[w] = true end

local setting_kinds = {}

local function words_of(name, s, least)
  if type(s.of) ~= "table" or #s.of < least or #s.of > 12 then fail("setting '%s': of = a list of %d to 12 words", name, least) end
  local known = {}
  for _, w in ipairs(s.of) do
    if type(w) ~= "string" or not w:match("^[%w_.-]+$") or known[w] then fail("setting '%s': of = different words without blanks", name) end
    known[w] = true
  end
  return known
end

function setting_kinds.number(name, s)
  if math.type(s.from) ~= "integer" or math.type(s.to) ~= "integer" or s.from > s.to then
    fail("setting '%s': from = and to = are whole numbers, the smaller first", name)
  end
  return function(text)
    local n = math.tointeger(tonumber(text))
    if n and n >= s.from and n <= s.to then return n end
    return nil, string.format("a whole number from %d to %d", s.from, s.to)
  end
end

function setting_kinds.choice(name, s)
  local known = words_of(name, s, 2)
  return function(text)
    if known[text] then return text end
    return nil, "one of: " .. table.concat(s.of, ", ")
  end
end

-- WQ_ flags by their names, joined with |; the value is their sum.
function setting_kinds.flags(name, s)
  local known = words_of(name, s, 1)
  for _, w in ipairs(s.of) do
    if not R.wq_flags[w] then
      local all = {}
      for flag in pairs(R.wq_flags) do all[#all + 1] = flag end
      table.sort(all)
      fail("setting '%s': there is no flag '%s'; the flags are %s", name, w, table.concat(all, ", "))
    end
  end
  return function(text)
    local sum = 0
    if text == "none" or text == "" then return 0 end
    for word in text:gmatch("[^|,%s]+") do
      word = word:gsub("^WQ_", "")
      if not known[word] then return nil, "flags of: " .. table.concat(s.of, ", ") .. ", joined with |, or none" end
      sum = sum | R.wq_flags[word]
    end
    return sum
  end
end

function setting_kinds.cpumask()
  return function(text)
    local cpus = R.exercise.machine and R.exercise.machine.cpus or 1
    local list = {}
    for word in text:gmatch("[^,%s]+") do
      local a, b = word:match("^(%d+)%-(%d+)$")
      a = math.tointeger(tonumber(a or word))
      b = math.tointeger(tonumber(b or word))
      if not a or not b or a > b or b >= cpus then return nil, string.format("CPUs from 0 to %d, such as 0-1,3", cpus - 1) end
      for c = a, b do list[#list + 1] = c end
    end
    if #list == 0 then return nil, string.format("CPUs from 0 to %d, such as 0-1,3", cpus - 1) end
    return text
  end
end

function setting_kinds.scope()
  return function(text)
    if scopes[text] then return text end
    return nil, "one of: cpu, smt, cache, numa, system, default"
  end
end

local setting_fields = { kind = true, of = true, from = true, to = true, default = true }

-- A value as the form shows it: a text.
local function setting_text(v)
  if type(v) == "table" then return #v > 0 and table.concat(v, "|") or "none" end
  return tostring(v)
end

-- The words that a form offers: those of the author, the CPUs of the machine, or the scopes.
local function words_offered(s)
  if s.kind == "scope" then return scope_words end
  if s.kind ~= "cpumask" then return s.of or {} end
  local cpus = {}
  for c = 0, (R.exercise.machine and R.exercise.machine.cpus or 1) - 1 do cpus[#cpus + 1] = tostring(c) end
  return cpus
end

local function quoted(s) return '"' .. s.of[1] .. '"' end
local default_example = { number = function(s) return tostring(s.from) end, flags = function(s) return "{} or { " .. quoted(s) .. " }" end,
                          choice = quoted, cpumask = function() return '"0"' end, scope = function() return '"cache"' end }

local function read_setting(name, s)
  for key in pairs(s) do
    if not setting_fields[key] then fail("setting '%s': unknown field '%s'%s", name, tostring(key), headings.did_you_mean(key, setting_fields)) end
  end
  if not setting_kinds[s.kind] then fail("setting '%s': kind is flags, number, choice, cpumask or scope", name) end
  local out = { name = name, kind = s.kind, of = words_offered(s), from = s.from, to = s.to }
  out.read = setting_kinds[s.kind](name, s)
  if s.default == nil then fail("setting '%s': default = is missing, such as default = %s", name, default_example[s.kind](out)) end
  out.default = setting_text(s.default)
  local value, why = out.read(out.default)
  if value == nil then fail("setting '%s': default is %s", name, why) end
  return out
end

local function read_settings(settings)
  local out, names = {}, {}
  for name in pairs(settings or {}) do names[#names + 1] = name end
  table.sort(names)
  if #names > 12 then fail("more than 12 settings") end
  for i, name in ipairs(names) do out[i] = read_setting(name, settings[name]) end
  return out
end

-- ---- the table ---------------------------------------------------------------------------------

function exercise(t)
  if R.lesson then fail("a file has one lesson or exercise") end
  R.body = headings.exercise(t)
  R.lesson, R.exercise = t, t
  core.is_exercise(t.kind == "scheduler")
  return t
end

function hidden_checks(t)
  if R.hidden then fail("a file has one hidden_checks") end
  R.hidden = headings.hidden(t)
  return t
end

local function check_points(x)
  local sum = x.hidden_halves
  for _, c in ipairs(x.checks) do sum = sum + c.halves end
  if #x.checks > 0 and x.kind ~= "scheduler" and sum ~= x.halves then
    fail("exercise: points = %s, but its checks have %s together", R.show_value(x.halves / 2), R.show_value(sum / 2))
  end
  if x.after_halves > x.halves then fail("exercise: after.points are more than the exercise's") end
end

-- After the file was evaluated and the parameters are drawn: everything of it as this run needs it.
function R.prepare_exercise()
  local t, part, mask = R.exercise, core.exercise()
  local x = { kind = t.kind, halves = math.tointeger(t.points * 2), settings = read_settings(t.settings) }
  x.checks = read_checks(t.checks or {}, 0, false)
  x.hidden_halves = read_hidden_share(t.checks and t.checks.hidden)
  x.after_halves = t.after and math.tointeger((t.after.points or 0) * 2) or 0
  if t.reach ~= nil and not is_pattern(t.reach) then fail("exercise: reach = a pattern") end
  if t.after and not t.after.file then fail("exercise: after.file = is missing") end
  check_points(x)
  x.visible = #x.checks
  for _, c in ipairs(R.hidden and read_checks(R.hidden, #x.checks, true) or {}) do x.checks[#x.checks + 1] = c end
  if #x.checks > CHECKS_MAX then fail("more than %d checks", CHECKS_MAX) end
  local own = 0
  for _, c in ipairs(x.checks) do own = own + (c.hidden and 0 or c.halves) end
  if x.after_halves + own + x.hidden_halves > x.halves then fail("exercise: after and the checks have more points than the exercise") end
  if t.reach then		-- the last one, behind hidden ones too: its number depends on none of them
    x.reach = { name = "reach", number = #x.checks + 1, form = "reach", value = t.reach, halves = x.halves - x.after_halves - own - x.hidden_halves,
                show = SHOW.full, schedules = 1, jitter = 0 }
    x.checks[#x.checks + 1] = x.reach
  end
  if t.after then		-- never judged in a run: src/exercise/depth.c plays all ways of choosing
    x.checks[#x.checks + 1] = { name = "after", number = #x.checks + 1, form = "after", halves = x.after_halves,
                                show = SHOW.full, schedules = 1, jitter = 0 }
  end
  R.x = x
  if part > 0 then
    local own = x.checks[part]
    if not own then fail("there is no check %d", part) end
    R.body = own.scene or R.body
    for name, value in pairs(own.params or {}) do
      if R.values[name] == nil then fail("check '%s': params: there is no parameter '%s'", own.name, tostring(name)) end
      R.values[name] = value
    end
  end
  for name, value in pairs(R.hidden and R.hidden.params or {}) do
    if part > x.visible and R.values[name] ~= nil and not (x.checks[part].params or {})[name] then R.values[name] = value end
  end
  core.runs_max(t.limits and t.limits.runs_per_item or 20000)
  x.mask = mask
end

-- ---- the exercise as events -----------------------------------------------------------

local function text(part, index, value, check)
  if value ~= nil and value ~= "" then
    core.emit("EXERCISE_TEXT", { part = part, index = index or 0, check = check or 0, text = value })
  end
end

-- Is it judged in this run?
local function judged(c)
  local part = core.exercise()
  if c.form == "after" then return false end
  if R.x.mask ~= 0 then return R.x.mask >> (c.number - 1) & 1 == 1 end
  if part > 0 then return c.number == part end
  return not c.scene and not c.params
end

-- The student's files: those of the exercise, and the one of its second part.
local function files_of(t)
  local out = {}
  for i, name in ipairs(t.files or {}) do out[i] = name end
  if t.after then out[#out + 1] = t.after.file end
  return out
end

local function emit_hints(t)
  for i, hint in ipairs(t.hints or {}) do text(PART.HINT, i, payload(hint)) end
end

local function emit_heading(t)
  for i, s in ipairs(R.x.settings) do
    text(PART.SETTING, i, table.concat({ s.name, s.kind, table.concat(s.of, " "), tostring(s.from or ""), tostring(s.to or ""), s.default }, "\n"))
  end
  for i, name in ipairs(files_of(t)) do text(PART.FILE, i, name) end
  emit_hints(t)
  text(PART.WHY, 0, t.why and payload(t.why))
  for i, statement in ipairs(t.harmless or {}) do text(PART.HARMLESS, i, statement) end
  if t.after then
    text(PART.AFTER, 0, table.concat({ t.after.file, R.x.after_halves, tostring(t.after.depth or "all"), t.after.prompt or "" }, "\n"))
  end
  text(PART.PAR, 0, t.par and tostring(t.par))
  text(PART.REPORT, 0, t.report)
  local i = 0
  for from, to in pairs(t.map or {}) do
    i = i + 1
    text(PART.MAP, i, from .. "=" .. to)
  end
end

-- A story of files or settings is shown before the scene: it has parameters only.
local function story_text(t)
  if not t.story then return "" end
  local ok, out = pcall(payload, R.trim_story(t.story))
  if ok then return out end
  out = tostring(out):gsub("^[^:]*:%d+: ", "")
  fail("story: %s%s", out, out:find("neither") and "; a story is shown before the scene: write names of things in backquotes" or "")
end

local function emit_exercise(t)
  core.emit("EXERCISE", { kind = KIND[t.kind], halves = R.x.halves, checks = R.x.visible, hidden = R.x.hidden_halves,
                          text = story_text(t) })
end

-- After the scene: the numbers of its events do not depend on the checks that a run is for.
local function emit_checks(heading)
  for _, c in ipairs(R.x.checks) do
    if heading or judged(c) then
      core.emit("CHECK", { check = c.number, form = FORM[c.form], halves = c.halves, schedules = c.schedules,
                           jitter = math.floor(c.jitter * 1000 + 0.5), show = c.show | (c.hidden and 16 or 0) | ((c.scene or c.params) and 32 or 0), text = c.name })
      for i, name in ipairs(c.files or {}) do text(PART.CHECK_FILE, i, name, c.number) end
    end
  end
end

-- [[ ... ]] in a file is indented: lines of a story are joined, an empty line begins a paragraph.
function R.trim_story(story)
  local out = {}
  for paragraph in (story:gsub("\n[ \t]*\n", "\0") .. "\0"):gmatch("(.-)%z") do
    out[#out + 1] = paragraph:gsub("%s+", " "):match("^ ?(.-) ?$")
  end
  return table.concat(out, "\n")
end

-- ---- files and settings of the student ------------------------------------------------------------------------------

-- Text of a message as the mark-up has it.
local function plain(message)
  return (message:gsub("%s*\n%s*", " "):gsub("[%z\1-\31\127]", "?"):gsub("[{*`]", "%0%0"))
end

local function emit_file(i, file)
  text(PART.FILE, i, file.name)
  for at = 1, #file.text, PIECE_BYTES do text(PART.FILE_TEXT, i, file.text:sub(at, at + PIECE_BYTES - 1)) end
end

-- Adds what a file returned to @student.  Return: its fault, or nil.
local function take_returned(student, from, name, value)
  if type(value) ~= "table" then
    return string.format("%s:1: the file returns a %s, not a table: end it with return { ... }", name, core.kind(value))
  end
  for key, v in pairs(value) do
    if from[key] then return string.format("%s:1: %s returns the field '%s' too", name, from[key], tostring(key)) end
    from[key] = name
    student[key] = v
  end
end

-- student, faults by file's name, number of files
local function load_files(t)
  local student, from, faults, given = {}, {}, {}, 0
  for i, file in ipairs(core.files()) do
    if not file.hidden then
      given = given + 1
      emit_file(i, file)
      local ok, value = core.load(i)
      if ok and t.kind == "configure" and type(value) == "function" then ok, value = pcall(value, R.p) end
      local fault = not ok and value or nil
      if ok then
        local fine, wrong = pcall(take_returned, student, from, file.name, value)
        fault = wrong and (fine and wrong or string.format("%s:1: the values that the file returns cannot be read: %s", file.name, wrong)) or nil
      end
      if fault then
        if fault:sub(1, #file.name + 1) ~= file.name .. ":" then fault = file.name .. ":1: " .. fault end
        faults[file.name], faults[1] = fault, faults[1] or fault
        text(PART.FILE_FAULT, i, plain(fault))
      end
    end
  end
  for _, name in ipairs(given > 0 and files_of(t) or {}) do
    if not faults[name] and not R.has_file(name) then
      faults[name], faults[1] = name .. ": there is no such file", faults[1] or name .. ": there is no such file"
      text(PART.FILE_FAULT, 0, plain(faults[name]))
    end
  end
  return student, faults, given
end

function R.has_file(name)
  for _, file in ipairs(core.files()) do
    if file.name == name and not file.hidden then return true end
  end
  return false
end

local function settings_of_inputs(x)
  local values, by_name = {}, {}
  for i, s in ipairs(x.settings) do
    by_name[s.name] = s
    values[s.name] = s.read(s.default)
    s.text = s.default
    s.number = i
  end
  for _, set in ipairs(core.settings()) do
    local s = by_name[set[1]]
    if not s then core.fail_at("", string.format("set %s %s: there is no setting '%s'", set[1], set[2], set[1])) end
    local v, why = s.read(set[2])
    if v == nil then core.fail_at("", string.format("set %s %s: %s is %s", set[1], set[2], set[1], why)) end
    values[s.name], s.text = v, set[2]
  end
  for i, s in ipairs(x.settings) do text(PART.SET, i, s.name .. "=" .. s.text) end
  return values
end

-- A file of a configure exercise returns settings by name: the reference solution does.
local function settings_of_file(x, values, student)
  for name, v in pairs(student) do
    local s
    for _, one in ipairs(x.settings) do s = one.name == name and one or s end
    if not s then return string.format("settings.lua:1: there is no setting '%s'", tostring(name)) end
    local value, why = s.read(setting_text(v))
    if value == nil then return string.format("settings.lua:1: %s is %s", name, why) end
    values[name], s.text = value, setting_text(v)
    text(PART.SET, s.number, name .. "=" .. s.text)
  end
end

-- ---- judging -------------------------------------------------------------------------------------------------

local function number_text(v)
  return R.show_value(v)
end

local measure = {}

-- From the first queueing to the last end.
function measure.makespan(t)
  local first, last = t:find(queues(nil)), nil
  for _, e in ipairs(t:all(ends(nil))) do last = e end
  if not first or not last then return nil end
  return last.ms - first.ms, last
end

-- Workers that were inside an item's function at once, at most.
function measure.workers(t)
  local now, most, at = 0, 0, nil
  for _, e in ipairs(t:all(starts(nil) + ends(nil))) do
    now = now + (e.name == "workqueue_execute_start" and 1 or -1)
    if now > most then most, at = now, e end
  end
  return most, at
end

local function sorted_latencies(t, x)
  local out, queued = {}, {}
  for _, e in ipairs(t:all(queues(x) + starts(x))) do
    local key = e.work and tostring(e.work) or "?"
    if e.name == "workqueue_execute_start" then
      if queued[key] then out[#out + 1] = e.ms - queued[key] end
      queued[key] = nil
    elseif not queued[key] then
      queued[key] = e.ms
    end
  end
  table.sort(out)
  return out
end

function measure.latency(t, x, which)
  local all = sorted_latencies(t, x)
  if #all == 0 then return nil end
  if which == "mean" then
    local sum = 0
    for _, v in ipairs(all) do sum = sum + v end
    return sum / #all
  end
  local share = which and which ~= "max" and tonumber(which:sub(2)) / 100 or 1
  return all[math.max(1, math.ceil(#all * share))]
end

-- Time between the starts and the ends of an item's runs.
function measure.cpu(t, x)
  local sum, began = 0, nil
  for _, e in ipairs(t:all(starts(x) + ends(x))) do
    if e.name == "workqueue_execute_start" then began = e.ms
    elseif began then
      sum = sum + e.ms - began
      began = nil
    end
  end
  return sum
end

-- Each returns: does it hold, the event that decided, measured values.
local judges = {}

function judges.never(t, p)
  local e = t:find(p)
  return e == nil, e
end

function judges.eventually(t, p)
  local e = t:find(p)
  return e ~= nil, e
end

function judges.once(t, p)
  local all = t:all(p)
  return #all == 1, all[2] or all[1], { count = #all }
end

function judges.within(t, w)
  local worst, at
  local begins = t:all(w[2])
  for _, e in ipairs(begins) do
    local answer
    for _, a in ipairs(t:all(w[3]:after(e))) do answer = answer or a end
    if not answer then return false, e, { ms = "never" } end
    if not worst or answer.ms - e.ms > worst then worst, at = answer.ms - e.ms, answer end
  end
  if not worst then return false, nil, { ms = "never" } end
  return worst <= w[1], at, { ms = worst }
end

function judges.order(t, list)
  local before
  for i, p in ipairs(list) do
    local e = t:find(p)
    if not e or (before and e.n < before.n) then return false, e or before, { step = i } end
    before = e
  end
  return true, before
end

function judges.goal(t, goal)
  local metric = type(goal[1]) == "table" and goal[1] or { goal[1] }
  local value, e = measure[metric[1]](t, metric[2], metric[3])
  if value == nil then return false, nil, { [metric[1]] = "nothing" } end
  return compare[goal[2]](value, goal[3]), e, { [metric[1]] = value }
end

judges.reach = judges.eventually

local function judge_form(c, s)
  if c.form == "test" then
    local ok, holds, values = core.judge(c.value, core.trace(), R.p, s)
    if not ok then return false, nil, {} end		-- an event that it asks for has not happened
    if values ~= nil and type(values) ~= "table" then fail("check '%s': the second result of test is a table of values", c.name) end
    local e = values and values.event
    if e ~= nil and core.kind(e) ~= "event" then fail("check '%s': the value 'event' is the event that decided", c.name) end
    return holds and true or false, e, values
  end
  local ok, holds, e, values = core.judge(judges[c.form], core.trace(), c.value)
  if not ok then return false, nil, {} end
  return holds, e, values
end

-- The names of the values that a check has measured, in their order.
local function value_names(values)
  local names = {}
  for name in pairs(values or {}) do
    if name ~= "event" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function feedback_of(c, e, values)
  if not c.feedback then return "" end
  local extra, names = { event = e }, value_names(values)
  for _, name in ipairs(names) do extra[name] = values[name] end
  local ok, out = pcall(payload, c.feedback, extra)
  if not ok then		-- a fault of the exercise, although it happens in a run with a student's file
    local known = #names > 0 and "; the check has measured {" .. table.concat(names, "}, {") .. "}" or ""
    core.fail_at("exercise.lua:1: ", string.format("check '%s': feedback: %s%s", c.name, (tostring(out):gsub("^[^:]*:%d+: ", "")), known))
  end
  return out
end

local function emit_result(c, result, e, values, feedback)
  for i, name in ipairs(value_names(values)) do text(PART.VALUE, i, name .. "=" .. number_text(values[name]), c.number) end
  core.emit("CHECKED", { check = c.number, result = result, evidence = e and e.n or 0, text = feedback or "" }, e and e.n or 0)
end

-- After a storm the time behind it is missing: a `never` can fail there but not hold, and a test is not made.
local function judge(c, s, storm)
  if storm and c.form == "test" then return emit_result(c, RESULT.cannot) end
  local holds, e, values = judge_form(c, s)
  if storm and c.form == "never" and holds then return emit_result(c, RESULT.cannot) end
  emit_result(c, holds and RESULT.holds or RESULT.fails, e, values, not holds and feedback_of(c, e, values) or "")
end

-- Does the check need a file that has a fault?
local function needs_faulty(c, faults)
  if not c.files then return faults[1] ~= nil end
  for _, name in ipairs(c.files) do
    if faults[name] then return true end
  end
  return false
end

-- ---- one run ----------------------------------------------------------------------------------------------------

local own_cards = { predict = true, observe = true, dump = true }

-- The story is the first card; a scheduler exercise with the student's file shows what its choices do.
local function has_story(t, given)
  return t.story and (own_cards[t.kind] or (t.kind == "scheduler" and given == 0))
end

-- The first file of the student, for messages.
local function first_file()
  return files_of(R.exercise)[1]
end

-- Runs the scene.  Return: true and its result; "storm" if an item ran too often; or false after a fault of the student's files.
local function play_scene(student, given)
  local ok, result = pcall(R.body, R.p, student)
  if ok then return true, result end
  if result == R.reached then return true end
  local message = tostring(result)
  local storm = core.storm()
  if storm then message = storm end
  if given == 0 then core.fail_at("", message) end	-- no file of a student: the exercise itself is faulty
  if not storm and message:sub(1, #"exercise.lua:") == "exercise.lua:" and first_file() then
    message = string.format("%s:1: the exercise cannot go on with this file: %s", first_file(), message)
  end
  text(PART.FILE_FAULT, 0, plain(message))
  return storm ~= nil and "storm"
end

function R.play_exercise()
  local t, x = R.exercise, R.x
  local _, _, heading = core.exercise()
  emit_exercise(t)
  if heading then
    emit_heading(t)
    return emit_checks(true)
  end
  local student, faults, given = load_files(t)
  if t.kind == "configure" then
    local values = settings_of_inputs(x)
    local wrong = settings_of_file(x, values, student)
    if wrong then
      faults[1], faults["settings.lua"] = faults[1] or wrong, wrong
      text(PART.FILE_FAULT, 0, plain(wrong))
    end
    student = values
  elseif t.kind == "repair" and given == 0 then
    fail("this exercise is about a student's file: kworkshop test %s", core.id())
  end
  if has_story(t, given) then say { R.trim_story(t.story) } end
  if t.kind == "scheduler" then emit_hints(t) end
  local left, cannot = {}, {}
  for _, c in ipairs(x.checks) do
    local list = needs_faulty(c, faults) and cannot or left
    if judged(c) then list[#list + 1] = c end
  end
  local ok, s
  if #left > 0 or not faults[1] then ok, s = play_scene(student, given) end
  if ok == true and own_cards[t.kind] and t.why then recap { R.trim_story(t.why) } end
  emit_checks(false)
  for _, c in ipairs(cannot) do emit_result(c, RESULT.cannot) end
  if s ~= nil and type(s) ~= "table" then fail("scene returned a %s, not a table", type(s)) end
  for _, c in ipairs(left) do
    if ok then judge(c, s or {}, ok == "storm") else emit_result(c, RESULT.cannot) end
  end
  if R.choices then
    local _, holds, e = core.judge(judges.reach, core.trace(), t.reach)
    R.pick_over(holds == true, holds and e.n or 0)
  end
end
