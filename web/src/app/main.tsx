import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiError } from '@/lib/api/error'
import { followAddress, removeOnLeave, startFeed } from '@/features/images'
import { resumeUploads } from '@/features/upload'
import { startLanguage } from '@/lib/i18n'
import { App } from './App'
import './tokens.css'
import './base.css'

const TRIES = 4

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // Changes come by the feed; asking again at each focus would only load the server.
      staleTime: Infinity,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < TRIES && error instanceof ApiError && error.passing,
    },
  },
})

startLanguage()
followAddress()
removeOnLeave()
startFeed(client)
void resumeUploads()

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  )
