package keeplocal

// Interpreters, as debugger.Command names them.
var (
	javaScript = []string{"node", "bun", "deno"}
	python     = []string{"python"}
	ruby       = []string{"ruby"}
)

// scripts are the servers that an interpreter runs. Above each is the page of its
// documentation that has the option.
var scripts = []server{
	// https://vite.dev/config/server-options.html#server-host
	{names: []string{"vite"}, in: javaScript, commands: []string{"dev", "serve", "preview"}, advice: "vite {} --host 127.0.0.1"},
	{names: []string{"vite"}, in: javaScript, advice: "vite --host 127.0.0.1"},
	// https://nextjs.org/docs/app/api-reference/cli/next
	{names: []string{"next"}, in: javaScript, commands: []string{"dev", "start"}, advice: "next {} -H 127.0.0.1"},
	{names: []string{"next"}, in: javaScript, advice: "next dev -H 127.0.0.1"},
	// The title of the process that next starts does not say by which command.
	{names: []string{"next-server"}, in: javaScript, advice: "next dev -H 127.0.0.1, or next start -H 127.0.0.1"},
	// https://nuxt.com/docs/api/commands/dev; _dev is what it calls its child.
	{names: []string{"nuxt", "nuxi"}, in: javaScript, commands: []string{"dev", "_dev"}, advice: "nuxt dev --host 127.0.0.1"},
	// https://webpack.js.org/configuration/dev-server/#devserverhost
	{names: []string{"webpack", "webpack-cli"}, in: javaScript, advice: "webpack serve --host 127.0.0.1"},
	{names: []string{"webpack-dev-server"}, in: javaScript, advice: "webpack-dev-server --host 127.0.0.1"},
	// https://docs.astro.build/en/reference/cli-reference/#--host-optional-host-address
	{names: []string{"astro"}, in: javaScript, commands: []string{"dev", "preview"}, advice: "astro {} --host 127.0.0.1"},
	// https://angular.dev/cli/serve
	{names: []string{"ng"}, in: javaScript, commands: []string{"serve", "s", "dev"}, advice: "ng serve --host 127.0.0.1"},
	// https://parceljs.org/features/cli/
	{names: []string{"parcel"}, in: javaScript, advice: "parcel --host 127.0.0.1"},
	// https://cli.vuejs.org/guide/cli-service.html#vue-cli-service-serve
	{names: []string{"vue-cli-service"}, in: javaScript, commands: []string{"serve"}, advice: "vue-cli-service serve --host 127.0.0.1"},
	// https://storybook.js.org/docs/api/cli-options#dev
	{names: []string{"storybook"}, in: javaScript, commands: []string{"dev"}, advice: "storybook dev --host 127.0.0.1"},
	// https://github.com/http-party/http-server#available-options
	{names: []string{"http-server"}, in: javaScript, advice: "http-server -a 127.0.0.1"},

	// https://docs.python.org/3/library/http.server.html#command-line-interface
	{names: []string{"http.server"}, in: python, advice: "python -m http.server --bind 127.0.0.1"},
	// https://flask.palletsprojects.com/en/stable/cli/#run-the-development-server
	{names: []string{"flask"}, in: python, commands: []string{"run"}, advice: "flask run --host 127.0.0.1"},
	// https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver
	{names: []string{"manage", "manage.py"}, in: python, commands: []string{"runserver"}, advice: "manage.py runserver 127.0.0.1:PORT"},
	{names: []string{"django-admin", "django"}, in: python, commands: []string{"runserver"}, advice: "django-admin runserver 127.0.0.1:PORT"},
	// https://uvicorn.dev/settings/#socket-binding
	{names: []string{"uvicorn"}, in: python, advice: "uvicorn --host 127.0.0.1"},
	// https://fastapi.tiangolo.com/fastapi-cli/
	{names: []string{"fastapi"}, in: python, commands: []string{"dev", "run"}, advice: "fastapi {} --host 127.0.0.1"},
	// https://hypercorn.readthedocs.io/en/latest/how_to_guides/binds.html
	{names: []string{"hypercorn"}, in: python, advice: "hypercorn --bind 127.0.0.1:PORT"},
	// https://docs.gunicorn.org/en/stable/settings.html#bind
	{names: []string{"gunicorn"}, in: python, advice: "gunicorn --bind 127.0.0.1:PORT"},
	// https://jupyter-server.readthedocs.io/en/latest/other/full-config.html
	{names: []string{"jupyter-lab", "jupyterlab"}, in: python, advice: "jupyter lab --ip=127.0.0.1"},
	{names: []string{"jupyter-notebook", "notebook"}, in: python, advice: "jupyter notebook --ip=127.0.0.1"},
	{names: []string{"jupyter-server", "jupyter_server"}, in: python, advice: "jupyter server --ip=127.0.0.1"},
	{names: []string{"jupyter"}, in: python, commands: []string{"lab", "notebook", "server"}, advice: "jupyter {} --ip=127.0.0.1"},

	// https://guides.rubyonrails.org/command_line.html#bin-rails-server
	{names: []string{"rails"}, in: ruby, commands: []string{"server", "s"}, advice: "rails server -b 127.0.0.1"},
	// https://puma.io/puma/#binding-tcp--sockets; under its title rails server looks the same.
	{names: []string{"puma"}, in: ruby, advice: "rails server -b 127.0.0.1, or puma -b tcp://127.0.0.1:PORT"},
	// https://jekyllrb.com/docs/configuration/options/#serve-command-options
	{names: []string{"jekyll"}, in: ruby, commands: []string{"serve", "server", "s"}, advice: "jekyll serve --host 127.0.0.1"},
}
