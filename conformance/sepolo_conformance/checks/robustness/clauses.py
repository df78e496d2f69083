"""Sentences of the published page that several requirements of this area cite."""

NO_5XX = 'Published page: "validation errors return 400", and 500 is for unexpected failures.'
