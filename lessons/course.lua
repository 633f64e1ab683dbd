-- course.lua: the contents page.  Names here are slugs; the number in a file's
-- name is for readers only, so that renumbering keeps all progress.
return course {
  id      = "kworkshop",
  title   = "Concurrency-managed workqueues",
  version = 1,

  order = { "first-minute",
            "why-defer", "life", "before-cmwq", "pools-and-names", "one-runnable",
            "hogs", "max-active", "manager", "delayed",
            "waiting", "rescuer", "unload", "flush-colours",
            "unbound", "ordered", "bottom-halves", "freeze-hotplug",
            "watchdog", "nic", "in-the-wild", "capstone" },
  parts = {
    { "Start here", { "first-minute" } },
    { "Lab 1: the idea", { "why-defer", "life", "before-cmwq", "pools-and-names", "one-runnable" } },
    { "Lab 2: the pool's judgement", { "hogs", "max-active", "manager", "delayed" } },
    { "Lab 3: stopping and surviving", { "waiting", "rescuer", "unload", "flush-colours" } },
    { "Lab 4: beyond one CPU", { "unbound", "ordered", "bottom-halves", "freeze-hotplug" } },
    { "Lab 5: in the field", { "watchdog", "nic", "in-the-wild", "capstone" } },
  },

  -- `kworkshop list --plan`: a choice for one meeting of two hours, and the course in five of them.
  -- A lab without `exercises` has those that need one of its lessons.
  plans = {
    { "The short path, one lab of two hours",
      { "The idea in one lab", lessons = { "why-defer", "life", "one-runnable", "rescuer" },
        exercises = { "how-many-runs", "who-is-woken", "unload" } } },
    { "Five labs of two hours",
      { parts = { "Start here", "Lab 1: the idea" } },
      { parts = { "Lab 2: the pool's judgement" } },
      { parts = { "Lab 3: stopping and surviving" } },
      { parts = { "Lab 4: beyond one CPU" } },
      { parts = { "Lab 5: in the field" } } },
  },

  -- Entries of docs/checklist.md, rules.md and errata.md that are left to lessons and exercises to come
  -- (exercises by number).  docs/coverage.md shows them as planned.
  planned_covers = {
    ["real-box"] = { "L12", "L13", "L18", "L19", "L20", "L21", "L32", "L33", "L34", "L35", "L36", "L39", "L41",
      "E1.14", "E1.15", "E1.16", "E1.17", "E1.18", "E1.28", "E1.31", "E1.33", "E1.34", "E2.6", "E2.7",
      "E2.21", "E2.41", "E2.43", "E2.44", "E2.45", "E2.46", "E2.47", "E2.48", "E2.49", "E1.39" },
    E05 = { "L12", "E1.14", "E1.15", "E1.16", "E2.7" },
    E07 = { "E1.1", "E2.3", "E2.65" },
    E06 = { "L8" },
    E08 = { "E1.2" },
    E13 = { "L40", "E2.19" },
    E15 = { "E1.11", "E2.15" },
    E16 = { "L38" },
    E20 = { "E2.35" },
    E21 = { "E2.33" },
    E28 = { "E1.36", "L23" },
    E33 = { "L4", "L16", "E1.24", "E1.27" },
    E35 = { "L28" },
    E37 = { "L24", "L25", "L27" },
    E38 = { "L20", "L22", "L36" },
    E39 = { "L42", "E2.54", "E2.59" },
    E40 = { "L43", "L45", "E1.40", "E2.16", "E2.58", "E2.66" },
  },

  show      = "full",   -- the detail of a check: full, first, verdict, none
  hint_cost = 0,        -- points a hint costs in graded work
}
