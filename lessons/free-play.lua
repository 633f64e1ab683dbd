-- free-play.lua: a machine of one's own.  It is no lesson of the course: nothing is asked, nothing is kept.
return lesson {
  title    = "Free play",
  question = "What happens if ...?",
  machine  = { cpus = 4 },

  function()
    free_play()
  end }
