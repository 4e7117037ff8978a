FROM node:24-slim
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build
USER node
EXPOSE 8080
CMD ["npm", "start"]
