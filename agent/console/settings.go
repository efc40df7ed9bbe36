package console

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"tillgate/agent/staff"
	"tillgate/agent/words"
)

// choice is a value that a setting may have.
type choice struct{ value, zh, en string }

// settingView is one setting as its form shows it.
type settingView struct {
	name    words.Setting
	value   string
	choices []choice // none: it is typed
	many    bool     // any number of the choices
	said    reply    // why it was not set
	done    bool
}

func (v settingView) has(one choice) bool {
	if v.many {
		return slices.Contains(strings.Split(v.value, ","), one.value)
	}
	return v.value == one.value
}

func choiceOf(p words.Page, value string) choice {
	return choice{value, p.In(words.Zh), p.In(words.En)}
}

// choicesOf are the values of a setting; none where a sum is typed.
func (c *console) choicesOf(name words.Setting) (all []choice, many bool) {
	if lane, ok := name.RoleOf(); ok {
		for _, role := range c.Desk.Lanes.Roles(lane) {
			text := roleOf(role)
			all = append(all, choice{string(role), words.Say(text, words.Zh), words.Say(text, words.En)})
		}
		return all, false
	}
	switch name {
	case words.SettingDayStarts:
		for hour := range 24 {
			text := fmt.Sprintf("%02d:00", hour)
			all = append(all, choice{fmt.Sprint(hour), text, ""})
		}
	case words.SettingLanguage:
		all = []choice{{"zh", "中文", "Chinese"}, {"en", "英文", "English"}}
	case words.SettingVoice:
		all = []choice{choiceOf(words.PageSpoken, "on"), choiceOf(words.PageSilent, "off")}
	case words.SettingHandover:
		for _, item := range words.HandoverItems() {
			all = append(all, choice{string(item), item.In(words.Zh), item.In(words.En)})
		}
		many = true
	}
	return all, many
}

func (c *console) serveSettings(w http.ResponseWriter, r *http.Request, g guest) {
	c.showSettings(w, g, http.StatusOK, settingView{name: words.Setting(r.URL.Query().Get("saved")), done: true})
}

// showSettings writes all settings; last is what became of the one that was just set.
func (c *console) showSettings(w http.ResponseWriter, g guest, status int, last settingView) {
	s := c.sheet(words.PageSettings, &g)
	if err := c.Desk.May(g.ID, staff.Settings, ""); err != nil {
		c.show(w, http.StatusForbidden, s, alone(c.told(err)))
		return
	}
	var all []settingView
	for _, name := range c.Desk.Settings() {
		one := settingView{name: name, value: c.Desk.Setting(name)}
		if name == last.name {
			one.said, one.done = last.said, last.done
			if !last.done {
				one.value = last.value
			}
		}
		one.choices, one.many = c.choicesOf(name)
		all = append(all, one)
	}
	if !slices.Contains(c.Desk.Settings(), last.name) {
		s.said = last.said
	}
	c.show(w, status, s, settingsPage(all, c.displayLinks()))
}

// set sets one thing.
func (c *console) set(w http.ResponseWriter, r *http.Request, g guest) {
	name, value := words.Setting(r.PostForm.Get("name")), strings.Join(r.PostForm["value"], ",")
	if err := c.Desk.Set(r.Context(), g.ID, name, strings.TrimSpace(value)); err != nil {
		c.showSettings(w, g, http.StatusUnprocessableEntity, settingView{name: name, value: value, said: c.told(err)})
		return
	}
	http.Redirect(w, r, "/settings?saved="+string(name)+"#"+string(name), http.StatusSeeOther)
}
