-- free-play.de.lua: the title of free play in German.
return translation {
  title = "Freies Spiel",
  question = "Was geschieht, wenn ...?",
}
