import './site.css';

// What a hospital's own page may do with the window: open it from a button of its own.
document.getElementById('cambiar')?.addEventListener('click', () => {
  (window as { Hebra?: { open(view: 'chat'): void } }).Hebra?.open('chat');
});
