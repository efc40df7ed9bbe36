// Package duty is who works at the terminal now, and what each may do at this
// moment: who is signed in at which desk, whose shift a lane is in, what takes
// somebody else's approval, and what a manager decides. Pages, API and commands
// call it and nothing beside it, so that a rule stands in one place. DESIGN.md
// beside this file has the rules.
//
// It decides, writes down, and only then lets something happen. It is not for
// sessions, which belong to whoever serves pages, nor for asking networks, which
// lanes do.
package duty
