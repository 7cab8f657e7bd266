import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ImagesContext } from '@/features/images'
import { UploadsContext } from '@/features/upload'
import { ServicesContext } from '@/lib/services'
import { App } from './App'
import { createServices, start } from './services'
import './tokens.css'
import './base.css'

const root = document.getElementById('root')
if (root) {
  const services = createServices()
  start(services)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={services.client}>
        <ServicesContext value={services.shared}>
          <ImagesContext value={services.images}>
            <UploadsContext value={services.uploads}>
              <App recipeDrafts={services.recipeDrafts} decisionSender={services.decisionSender} />
            </UploadsContext>
          </ImagesContext>
        </ServicesContext>
      </QueryClientProvider>
    </StrictMode>,
  )
}
