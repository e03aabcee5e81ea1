// Package profile holds what the platform asks for, and the judging by it: dated requirement
// profiles as data, the severity each finding has under them, and the answers sheet of the form.
//
// What lives here: the profiles (data/*.yaml), reading a user's own profile and answers sheet
// strictly, and turning what checks measured into a judged record. What must not: measuring
// anything, opening documents, and numbers or severities in code: they are data, with a source.
//
// A profile is named wechat-organization@2014-09. It may extend another and then says only what
// differs: rules, documents and checks are merged by their name.
package profile
