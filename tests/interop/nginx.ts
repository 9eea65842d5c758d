import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { needDebian } from '../debian.ts'

/** One connection to us, kept for whoever comes next; bodies are passed on as they arrive, as long as they are. */
const configured = (folder: string, port: number, upstream: string) => `pid ${folder}/pid;
daemon off;
worker_processes 1;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${folder};
  proxy_temp_path ${folder};
  upstream sallyport { server ${upstream}; keepalive 1; }
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 0;
    location / {
      proxy_pass http://sallyport;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_next_upstream off;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
    }
  }
}
`

/** Debian's nginx on loopback, in front of a server on a port of loopback. */
export async function openNginx(port: number, upstream: string): Promise<{ stop(): Promise<void> }> {
  needDebian('/usr/sbin/nginx', 'nginx')
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-nginx-'))
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, configured(folder, port, upstream))
  const nginx = spawn('/usr/sbin/nginx', ['-c', file, '-e', join(folder, 'error.log')], { stdio: 'ignore' })
  const ended = new Promise((resolve) => nginx.once('exit', resolve))
  for (let tries = 0; tries < 100 && nginx.exitCode === null; tries++) {
    if (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null)) {
      return {
        async stop() {
          nginx.kill('SIGTERM')
          await ended
          rmSync(folder, { recursive: true, force: true })
        },
      }
    }
    await wait(50)
  }
  throw new Error(`nginx did not start: ${readFileSync(join(folder, 'error.log'), 'utf8')}`)
}
