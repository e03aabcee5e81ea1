package reading

import "dossier/checks"

// ChoiceName is the choice by which a profile switches reading off, in one place for all checks: "off" for legibility/text.
const ChoiceName = "reading"

// Choice is the choice of a check that needs what is read: it is made as that of legibility/text.
func Choice(reason string) checks.Choice {
	return checks.Choice{Name: ChoiceName, Default: []string{"on"}, As: "legibility/text", Reason: reason}
}

// On is nil, or says as a reason to skip that the profile has switched reading off.
func On(settings checks.Settings) error {
	if settings.Has(ChoiceName, "on") {
		return nil
	}
	return checks.Skip(checks.Text{En: "reading is switched off in the profile", Zh: "当前要求中已关闭文字识别"})
}
