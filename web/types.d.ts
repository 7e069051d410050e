/// <reference types="vite/client" />

declare const __LETHE_VERSION__: string
declare const __ORT_VERSION__: string
