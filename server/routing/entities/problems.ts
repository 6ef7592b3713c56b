import { problems } from '../../platform/problems.ts';

export const entityProblems = problems('entity', {
  not_found: {
    status: 404,
    es: 'Esa entidad no existe.',
    ca: 'Aquesta entitat no existeix.',
    en: 'There is no such entity.',
    pt: 'Essa entidade não existe.',
  },
  name_taken: {
    status: 409,
    es: 'Ya hay una entidad que se llama así.',
    ca: 'Ja hi ha una entitat que es diu així.',
    en: 'There is an entity of that name already.',
    pt: 'Já há uma entidade com esse nome.',
  },
  changed_meanwhile: {
    status: 409,
    es: 'Otra persona la cambió mientras tanto. Mira cómo está ahora y vuelve a intentarlo.',
    ca: 'Una altra persona l’ha canviada mentrestant. Mira com està ara i torna-ho a provar.',
    en: 'Someone else changed it meanwhile. See how it is now and try again.',
    pt: 'Outra pessoa mudou-a entretanto. Vê como está agora e tenta de novo.',
  },
  has_queues: {
    status: 409,
    es: 'Todavía tiene colas: {queues}. Pásalas a otra entidad o retíralas antes.',
    ca: 'Encara té cues: {queues}. Passa-les a una altra entitat o retira-les abans.',
    en: 'It still has queues: {queues}. Give them to another entity or retire them first.',
    pt: 'Ainda tem filas: {queues}. Passa-as para outra entidade ou retira-as antes.',
  },
  order_incomplete: {
    status: 409,
    es: 'El orden no nombra las entidades que hay ahora. Recarga y vuelve a ordenarlas.',
    ca: 'L’ordre no anomena les entitats que hi ha ara. Recarrega i torna a ordenar-les.',
    en: 'The order does not name the entities there are now. Reload and order them again.',
    pt: 'A ordem não nomeia as entidades que há agora. Recarrega e volta a ordená-las.',
  },
});
