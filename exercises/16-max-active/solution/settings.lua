-- settings.lua: the reference.
return function(p) return { max_active = p.most } end
