/**
 * What patients say, by concept. Entries are separated by commas; a star ends a stem; words of one entry may have
 * one other word between them. All languages stand together because people mix them. Compared by sound (words.ts),
 * so spelling variants need no entry of their own. DRAFT: not yet signed by a clinician.
 */
export const LEXICON = {
  // where
  chest: 'pecho, torax, corazon, pectoral*, esternon, pit, cor, peito, torax, coracao, chest, heart, breastbone',
  head: 'cabeza, cap, cabeca, head, craneo, sien, nuca',
  belly:
    'barriga, panza, vientre, abdomen, abdominal*, estomago, tripa, guata, estomac, ventre, belly, stomach, tummy, barriga',
  arm: 'brazo*, brac, bracos, braco, arm, arms, mandibula, mandibula, jaw, hombro izquierdo, left shoulder',
  face: 'cara, boca, rostro, labio*, cara, llavi*, face, mouth, rosto, labios, sonrisa, smile',
  side: 'un lado, medio cuerpo, mitad del cuerpo, lado izquierdo, lado derecho, mig cos, un costat, one side, left side, right side, metade do corpo, lado esquerdo, lado direito, lado do corpo',
  throat: 'garganta, gola, gorja, throat, lengua, llengua, tongue, lingua, glotis',
  eye: 'ojo*, ull, ulls, eye, eyes, olho*',
  // what is felt
  pain: 'dolor*, duele*, dolia, doliendo, punzada*, puntada*, dolor, fa mal, mal de, em fa mal, pain*, hurt*, ache, aching, ardor, dor, dores, doi, doendo, pontada*',
  pressure:
    'opresion, presion en, aprieta*, apretado, apretando, aplast*, peso en, opressio, pressio al, m apreta, pressure, tight*, squeez*, crush*, heavy, aperto, apertando, pressao no, elefante',
  strong:
    'muy fuerte, fortisim*, insoportable*, horrible*, intenso, intensa, terrible*, brutal*, tremend*, no aguanto, no soporto, el peor, la peor, molt fort, molt forta, insuportable*, no puc mes, severe, worst, unbearable, excruciating, awful, muito forte, insuportavel, nao aguento, pior, demasiado fuerte, de golpe, repentin*, de repente, sudden*, de cop, de sobte',
  sweat: 'sudor frio, sudando frio, sudor*, sudando, suor*, suando, suant, sweat*, palido, palida, pale, pallid*',
  radiates:
    'corre al brazo, baja por el brazo, va al brazo, hasta el brazo, se me va al, se irradia, irradia*, spread*, down my arm, va ao braco, vai para o braco, cap al brac, se extiende',
  infarct:
    'infarto, infart, enfarte, infarte, heart attack, ataque al corazon, ataque cardiaco, ataque cardiac, ataque de corazon, atac de cor, atac al cor, cardiac arrest, paro cardiaco, parada cardiaca, aturada cardiaca',
  palpitations:
    'palpitacion*, palpitacoes, palpitations, taquicardia, se me sale el corazon, latidos rapidos, heart racing, corazon a mil, coracao acelerado',
  // breathing
  cant_breathe:
    'no puedo respirar, no puede respirar, no respira*, no respiro, sin respirar, no puede ni respirar, no me entra aire, no le entra aire, no me entra el aire, me falta aire, le falta aire, me falta el aire, le falta el aire, falta de aire, falta d aire, falta l aire, falta el aire, faltando el aire, faltando o ar, falta de ar, falta ar, falta o ar, sem ar, sin aire, me ahogo, se ahoga, ahogando, ahogo, ahogad*, m ofego, s ofega, ofegant, m ofegue, asfixi*, no puc respirar, no pot respirar, em costa respirar, li costa respirar, cuesta respirar, costando respirar, dificultad para respirar, dificultad respirator*, dificultat respirator*, dificultat per respirar, dificuldade para respirar, dificuldade em respirar, dificuldade de respirar, nao consigo respirar, nao consegue respirar, nao respira, nao esta respirando, nao estou conseguindo respirar, nao esta conseguindo respirar, mal consigo respirar, apenas puedo respirar, apenas respir*, casi no respir*, respira mal, respiro mal, respira muy rapido, respira com dificuldade, respira con dificultad, sufoc*, can t breathe, cant breathe, cannot breathe, can not breathe, not breathing, stopped breathing, isn t breathing, trouble breathing, hard to breathe, difficulty breathing, struggling to breathe, struggling for breath, short of breath, shortness of breath, out of breath, breathless*, gasping, suffocat*, barely breathe, barely breathing, dejo de respirar, ha deixat de respirar, parou de respirar, me quedo sin aire, se queda sin aire, fatigado no respira, pecho hundido, se le hunden las costillas',
  blue: 'azul, azules, morado*, morada*, blau, blava, blaus, lila, blue, purple, roxo*, roxa*, cianosis, azulad*',
  lips_words: 'labio*, llavi*, lips, dedos, unas',
  speak_short: 'no puede hablar por, no puede terminar las frases, can t finish a sentence',
  // consciousness
  unconscious:
    'inconscient*, inconsciente, unconscious, desmay*, desmai*, se desmayo, perdio el conocimiento, perdi el conocimiento, perdida de conocimiento, perdio el sentido, perdeu os sentidos, perdeu a consciencia, no despierta, no se despierta, no reacciona, no responde, no me responde, no desperta, no es desperta, no respon, no reacciona, nao acorda, nao responde, nao reage, won t wake, wont wake, not waking, doesn t wake, can t wake, cannot wake, not respond*, unresponsive, passed out, passing out, faint*, collaps*, se desplomo, se ha desplomado, colaps*, desvanec*, ha perdut el coneixement, perdut la consciencia, s ha desmaiat, sin conocimiento, sin sentido, blacked out',
  confusion:
    'confus*, confund*, desorientad*, desorientat*, delira*, no sabe donde esta, no sabe quien, disoriented, confused, dice cosas raras, diz coisas sem sentido, incoherent*, no conoce a nadie',
  drowsy:
    'muy dormido, muy dormida, somnolient*, adormilad*, adormilat*, letarg*, muito sonolent*, sonolent*, drowsy, lethargic, floppy, floj*, decaid*, mole, molinho, apagad*, no reacciona bien, aturdid*',
  // brain
  crooked:
    'torcid*, torta, torto, torcido, chueca, chueco, desviada, caida, caido, caiguda, desviat*, droop*, crooked, lopsided, tort, torcuda, paralizad*, paralitz*, paralis*, paralys*',
  speech_lost:
    'no puede hablar, no puedo hablar, habla raro, habla enredado, no se le entiende, no le entiendo lo que dice, no le salen las palabras, no me salen las palabras, habla mal, arrastra las palabras, balbuce*, no pot parlar, no puc parlar, parla estrany, no se l enten, fala enrolad*, fala arrastad*, nao consegue falar, nao consigo falar, fala estranho, slur*, can t speak, cant speak, can t talk, speech is, trouble speaking, words come out, difficulty speaking, se le traba la lengua, lengua trabada, dejo de hablar, no le sale la voz, se le enreda la lengua, fala embolad*',
  limb_lost:
    'no puede mover, no puedo mover, no mueve, no siento el brazo, no siento la pierna, no siento medio, no siente el brazo, se me durmio el brazo, dormido el brazo, dormida la pierna, brazo dormido, sin fuerza, perdi fuerza, perdio fuerza, perdio la fuerza, no tiene fuerza, no pot moure, no puc moure, adormit el brac, sense forca, nao consegue mexer, nao consigo mexer, nao mexe, sem forca, perdeu a forca, perdi a forca, braco dormente, dormente, dormencia, can t move, cannot move, can t lift, numb*, weakness, weak on, hormigue*, adormec*, entumec*, formigament*, debilidad en, paralizad*, no le responde el brazo, no le responde la pierna',
  stroke_word:
    'ictus, derrame cerebral, derrame, acv, avc, stroke, embolia cerebral, embolia, trombosis cerebral, infarto cerebral, isquemia cerebral, feridura',
  vision_lost:
    'no veo nada, no ve nada, perdi la vista, perdio la vista, perdi la vision, ciego de golpe, no hi veig, he perdut la vista, perdi a visao, nao vejo, nao estou vendo, nao enxergo, lost vision, lost my vision, can t see, cannot see, gone blind, blind in, veo doble, vision doble, double vision, visao dupla, veig doble, cego de repente',
  thunder:
    'el peor dolor de cabeza, peor dolor de cabeza, worst headache, pior dor de cabeca, pitjor mal de cap, dolor de cabeza de golpe, sudden severe headache, explota la cabeza, thunderclap',
  seizure:
    'convuls*, ataque epilept*, crisis epilept*, ataque de epilepsia, epileptic fit, seizure*, having a fit, crise epilept*, convulsao, convulsoes, esta convulsionando, tiembla y no responde, ojos en blanco, se sacude todo, sacudidas, espuma por la boca, foaming, espuma na boca, ulls en blanc, fitting',
  // bleeding
  blood:
    'sangre, sangr*, sang, sagna*, sangue, sangr*, blood*, bleed*, hemorrag*, desangr*, dessagn*, hemorrhag*, coagulo*, clots',
  much: 'mucho, mucha, muchisim*, no para, no deja de, no se detiene, no se corta, no corta, no paran, a chorros, chorro*, a borbotones, empapad*, charco*, abundante, desangr*, molt, molta, no s atura, no para de, dessagn*, muito, muita, nao para, jorr*, lots, a lot, heavy, heavily, won t stop, wont stop, not stopping, doesn t stop, gushing, pouring, spurting, soaked, soaking, litros, cada hora, sin parar, sense parar, sem parar, everywhere, por todos lados',
  vomit: 'vomit*, devuelve, arcada*, vomit, vomitos, throwing up, puk*, gomito, gomitando, bombito',
  stool:
    'heces, caca, deposicion*, femta, fezes, coco, stool*, poop*, popo, defeca*, cagando, caga, materia fecal, por el ano, por el recto, rectal, por abajo, popo negro, como alquitran, como brea',
  cough: 'tos, toso, tosiendo, tose, tossir, tossint, tosse, tossindo, cough*, escupo, escupe, escupiendo, escup*',
  black:
    'negr*, alquitran, black, pretas, preto, preta, cafe molido, poso de cafe, borra de cafe, coffee grounds, tarry',
  deep_cut:
    'cortado, cortada, corte profundo, tajo, se corto, me corte, cortou, cortei, tall profund, m he tallat, s ha tallat, deep cut, cut deep, cut my, amput*, herida abierta, herida profunda, apunal*, punalada, stab*, disparo, tiro, balazo, gunshot, bala, facada, navajazo, se ve el hueso, cortado un dedo',
  // anaphylaxis and swallowing
  allergy:
    'alergi*, al lergi*, alergia, allerg*, picadura, pico una abeja, picado una avispa, avispa, abeja, bee sting, wasp, stung, picada de abelha, abelha, vespa, picada d abella, cacahuete*, mani, peanut*, nueces, marisco*, penicilina, amoxicilina, ronchas, roncha, urticaria, hives, habones, sarpullido por todo',
  swelling:
    'hincha*, inchad*, inchaco, incho, inchou, inchando, inflama*, inflad*, inflo, swell*, swollen, s infla, inflat, unflat, inflant, hinch*, anafila*, se cierra, cerrando, cerrand*, closing, fechando, tancant, tanca',
  anaphylaxis:
    'anafila*, anaphyla*, shock alergico, choque alergico, xoc anafilactic, choque anafilatico, se me cierra la garganta, se le cierra la garganta, cerrando la garganta, garganta cerrada, throat closing, throat is closing, garganta fechando, garganta fechada, garganta a fechar, es tanca la gola, tanca la gola, epipen, adrenalina autoinyect*',
  choking:
    'atragant*, se atoro, atorad*, atora, se ahoga con, ennuega*, s ha ennuegat, engasg*, chok*, se trago un, se trago una, s ha empassat, engoliu um*, swallowed a, tiene algo en la garganta, entalad*, something stuck in his throat, something stuck in her throat',
  // poison
  took: 'tomo, tome, tomado, tomo todas, trago, trague, tragado, ingirio, ingerido, bebio, bebi, bebido, comio, pres, ha pres, begut, empassat, s ha begut, bebeu, tomou, tomei, engoliu, engoli, ingeriu, swallowed, drank, took, taken, drunk, ingest*, inhal*, me tome, se tomo, me he tomado, se ha tomado, chupo',
  poison:
    'lejia, lleixiu, lavandina, cloro, lavavajillas, detergente, detergent, bleach, amoniaco, amonio, sosa, salfuman, acido, raticida, matarratas, veneno, insecticida, pesticida, gasolina, nafta, disolvente, aguarras, anticongelante, antifreeze, poison, rat poison, agua sanitaria, veneno de rato, chumbinho, soda caustica, verí, lixivia, pila, pila de boton, button battery, battery, pilha, quitaesmalte, setas, seta venenosa, desinfectante, limpiador, cleaning, alcohol en gel, produto de limpeza',
  gas: 'monoxido, fuga de gas, escape de gas, huele a gas, gas leak, carbon monoxide, vazamento de gas, fuita de gas, humo, smoke inhal*, calefactor y me mareo',
  pills:
    'pastilla*, pastill*, comprimido*, comprimit*, pildora*, pill, pills, tablets, remedios, remedio*, medicamento*, medicina, ibuprofeno, paracetamol, clonazepam, rivotril, lorazepam, insulina, insulin, metadona, opio*, xarop, jarabe, gotas, medicaci*, medicines, medication*, sertralina, diazepam, alprazolam',
  too_many:
    'todas las, toda la caja, una caja, la caja entera, el frasco entero, todo el frasco, un frasco, muchas, muchos, demasiad*, un monton, doble dosis, sobredosis, sobredosi, overdos*, overdose, too many, whole bottle, whole box, whole pack, a handful, um monte, muitos, muitas, a caixa inteira, a cartela, a caixa toda, overdose, moltes, tota la capsa, massa pastilles, diez, veinte, treinta, twenty, thirty, vinte, trinta, cuarenta',
  poisoned: 'sobredosis, sobredosi, overdos*, envenen*, intoxic*, enverina*, poisoned, se intoxico, superdose',
  // wish to die
  suicide:
    'suicid*, quiero morir, quiero morirme, me quiero morir, quisiera morir*, quiero estar muert*, matarme, me voy a matar, me quiero matar, quiero matarme, quitarme la vida, quitarse la vida, me quito la vida, no quiero vivir, no quiero seguir viviendo, no quiero vivir mas, no tengo ganas de vivir, sin ganas de vivir, no vale la pena vivir, acabar con mi vida, acabar con todo, terminar con mi vida, terminar con todo, mejor muert*, desaparecer para siempre, no quiero seguir aqui, no quiero despertar, hacerme dano, me hago dano, me corto los brazos, cortarme las venas, me corte las venas, corto las venas, ahorc*, tirarme por, tirarme de, lanzarme al, me voy a tirar, em vull morir, vull morir, no vull viure, em vull matar, treure m la vida, suicidar, fer me mal, llevar me la vida, kill myself, killing myself, end my life, end it all, want to die, wanna die, don t want to live, dont want to live, no reason to live, better off dead, hurt myself, harm myself, self harm, cut myself, take my own life, don t want to be here anymore, quero morrer, me matar, tirar minha vida, acabar com a minha vida, acabar com tudo, nao quero mais viver, nao quero viver, nao aguento mais viver, me machucar, nao vale a pena viver, melhor morto, melhor morta, hacer una locura, despedirme de todos, pensando en morir*, pienso en morir*, vou me matar, ganas de morir*, ganas de morirme, se quiere matar, se quiere morir, se quiere quitar la vida, intento matarse, quiso matarse, se intento suicidar, dice que se mata, dice que se va a matar, wants to die, wants to kill himself, wants to kill herself, quer se matar, quer morrer, es vol matar, es vol morir, vol morir',
  // mother and child
  pregnant:
    'embaraz*, embarass*, gestante, gravid*, gravida, pregnan*, prenad*, semanas de gestacion, gesta*, encinta, de cuentas, expecting, weeks along',
  waters:
    'rompi aguas, rompio aguas, rompi la bolsa, rompio la bolsa, rompio la fuente, se me rompio la fuente, rompio fuente, rompi fuente, trencat aigues, he trencat aigues, bolsa rompeu, bolsa estourou, rompeu a bolsa, water broke, waters broke, waters have broken, perdiendo liquido, pierdo liquido, perdo liquid, perdendo liquido, leaking fluid',
  labour:
    'contraccion*, contraccions, contracoes, contraction*, parto, part, trabajo de parto, trabalho de parto, in labour, in labor, va a nacer, esta naciendo, sale la cabeza, coronando, baby is coming, cordon, cordao',
  no_movement:
    'no se mueve el bebe, el bebe no se mueve, bebe no se mueve, no siento al bebe, no siento moverse, no noto al bebe, no noto que se mueva, no patea, no noto el nado, no es mou el nado, no noto moviments, bebe nao mexe, bebe nao se mexe, nao sinto o bebe, baby not moving, baby isn t moving, baby stopped moving, can t feel the baby, can t feel baby, haven t felt the baby, no feel movements, reduced movements',
  preeclampsia:
    'veo lucecitas, veo luces, lucecitas, destellos, flashing lights, vejo luzes, zumbido de oidos, presion alta, tension alta, pressao alta, high blood pressure, manos hinchadas, edema',
  baby: 'bebe*, recien nacid*, neonato, lactante, nado, nounat, nado, baby, newborn, infant, recem nascid*, guagua, nene, nena, meses, months, mesos, semanas de vida, dias de vida, days old, weeks old',
  child:
    'hijo*, hija*, nino, nina, ninos, nene, nena, chiquit*, fill, filla, nen, nena, son, daughter, child, kid, toddler, filho, filha, crianca, menino, menina, peque, anos tiene, anito*, mi peque*, guagua, bebe*, baby, newborn',
  fever: 'fiebre, febre, febril*, calentura, fever*, temperatura, temperature, 39*, 40, 41, 38*, ardiendo, ardendo',
  high_fever:
    '40, 41, 42, fiebre muy alta, fiebre alta, febre alta, high fever, febre molt alta, 39 5, 40 de fiebre, no le baja la fiebre, no baja la fiebre',
  limp_child:
    'no come, no toma pecho, no quiere comer, no mama, no llora, llora sin parar, llanto inconsolable, no deja de llorar, muy decaid*, floj*, flacid*, no menja, no plora, nao mama, nao come, nao chora, molinho, muito mole, floppy, won t feed, not feeding, won t stop crying, limp, no moja el panal, no orina, fontanela, mollera',
  rash_spots:
    'manchas moradas, manchas rojas que no, petequias, puntitos rojos, taques morades, manchas roxas, purple spots, spots that don t fade, non blanching, mancha morada',
  stiff_neck:
    'cuello rigido, rigidez de nuca, nuca rigida, coll rigid, pescoco duro, pescoco rigido, stiff neck, no puede doblar el cuello, no dobla el cuello',
  // body as a whole
  sepsis: 'sepsis, septic*, escalofrios y, tiritona, calafrios e, rigors, infeccion generalizada',
  chills: 'escalofrio*, tiritona, tirit*, calfred*, calafrio*, chills, shivering, tembl*, piel fria, moteada',
  sugar:
    'azucar, glucosa, glucemia, glicemia, glicose, sucre, sugar, glucose, acucar, hipoglucemia, hipoglicemia, hypo, glucometro',
  diabetic: 'diabet*, diabetic*, insulin*',
  very_low_high:
    'en 30, en 40, en 45, 35, 38, 40, 42, 45, 400, 450, 500, 600, hi, high, muy baja, muy bajo, bajisim*, por las nubes, altisim*, muy alta, molt baix, molt alt, muito baixa, muito alta, very low, very high, por el piso, too low, por los suelos',
  // injury
  fall: 'cayo, cai, caido, caida, caiguda, ha caigut, caiu, queda, fell, fall, fallen, golpe, golpeo, golpeado, cop, pancada, bateu, hit, hit his head, hit her head, atropell*, accidente, accident, acidente, choque, choco, chocado, run over, car crash, crash, escaleras, moto, rodo',
  trauma_sign:
    'hueso fuera, hueso salido, se ve el hueso, fractura expuesta, open fracture, bone sticking, osso exposto, os fora, perdio el conocimiento, vomita desde el golpe, no puede mover las piernas, no siento las piernas, can t feel my legs, no sento les cames, nao sinto as pernas, pierna torcida, deformad*',
  big_accident:
    'atropell*, accidente de coche, accidente de moto, accidente de transito, accidente grave, accident de cotxe, acidente de carro, car crash, car accident, motorbike accident, hit by a car, run over, cayo de un balcon, cayo del techo, cayo de un segundo piso, fell from, electrocut*, descarga electrica, corriente electrica, choque eletrico, electric shock',
  burn: 'quem*, cremad*, cremat, s ha cremat, me queme, se quemo, burn*, scald*, queimad*, queimou, agua hirviendo, aceite hirviendo, boiling water, aigua bullent, agua fervendo',
  burn_bad:
    'cara, manos, ampollas, toda, todo el cuerpo, pecho, espalda, genital*, cuello, bebe, nino, hijo, hija, face, hands, blister*, chest, back, baby, child, rosto, maos, bolhas, corpo, butllofes, quimic*, acido, electric*, aceite, vias respiratorias',
  abdomen_rigid:
    'barriga dura, abdomen duro, vientre duro, abdomen en tabla, panza dura, guata dura, ventre dur, barriga dura como, rigid belly, hard belly, rigid abdomen',
  chem_eye:
    'lejia, lleixiu, acido, cal, quimic*, bleach, chemical*, acid, cloro, cola, pegamento, agua sanitaria, produto, clavado, clavo, esquirla, metal, vidrio, glass, perfor*',
  // violence
  violence:
    'me pega, me pego, me golpea, me golpeo, me esta pegando, me quiere matar, me va a matar, amenaza con matarme, me amenaza, violo, violaron, violada, violacion, abuso sexual, abusaron, abuso de mi, maltrat*, em pega, em maltracta, m ha pegat, m ha violat, em vol matar, he hits me, hits me, beats me, beating me, hit me, raped, rape, sexually assault*, going to kill me, abusing me, bateu em mim, me bate, ele me bate, me agride, me agrediu, vai me matar, fui estuprad*, estupro, violencia de genero, violencia domestica, domestic violence, me encierra, no me deja salir de casa',
  // vitals
  heart_rate_high: '150, 160, 170, 180, 190, 200, 210, 220',
  pulse:
    'pulsacion*, pulso, latidos, ppm, lpm, bpm, heart rate, pulse, batiment*, pulsacions, polsacions, frecuencia cardiaca, batimentos, pols',
  saturation: 'satura*, oxigen*, oximetro, spo2, oxygen, sats, sat',
  saturation_low: '70, 72, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 60, 65',
  pressure_word: 'tension, presion, pressao, pressio, blood pressure, ta',
  pressure_high: '190, 200, 210, 220, 230, 240, 250, 19, 20 12, 21, 22, 23',
  dying:
    'me muero, me estoy muriendo, se muere, se esta muriendo, se me muere, se nos muere, m estic morint, em moro, s esta morint, estou morrendo, esta morrendo, i m dying, im dying, is dying, he is dying, she is dying, emergencia, es una emergencia, emergencia medica, urgencia vital, ambulancia ya, una ambulancia, ambulance now, need an ambulance, send an ambulance, call an ambulance, preciso de ambulancia, uma ambulancia, necessito una ambulancia, manden ambulancia, mande uma ambulancia, socorro, auxilio, sos, help me please, its an emergency, it s an emergency, this is an emergency',
} as const;

export type Concept = keyof typeof LEXICON;

/** Words round a concept that change what it means. */
export const CONTEXT = {
  negation:
    'no, sin, ni, nunca, jamas, tampoco, niega, not, without, never, don t, doesn t, didn t, isn t, dont, doesnt, haven t, hasn t, nao, sem, nem, sense, mai, ningun, ninguna, cap, no longer, descart*',
  resolved:
    'ya paso, ya se me paso, ya se paso, ya estoy bien, ya esta bien, ya esta mejor, ya estoy mejor, ya no me, ya no tengo, ya no tiene, ja estic be, ja ha passat, ja no tinc, it s gone, went away, i m fine now, is fine now, already better, no longer, ja passou, ja estou bem, ja esta bem, nao tenho mais, se me quito, se le quito, recuperad*',
  past: 'el ano pasado, la semana pasada, el mes pasado, hace anos, hace un ano, hace dos anos, hace tres anos, hace meses, hace dos meses, hace un mes, hace 1, hace 2 anos, hace 3 anos, hace 5 anos, hace 10 anos, hace anos que, tuve un, tuvo un, tuve una, tuvo una, cuando era, en 2015, en 2018, en 2019, en 2020, en 2021, en 2022, en 2023, en 2024, l any passat, fa anys, fa un any, vaig tenir, va tenir, last year, years ago, months ago, last month, i had a, he had a, she had a, ano passado, mes passado, anos atras, ha anos, ha dois anos, tive um, tive uma, teve um, teve uma, antecedente*, de nino, when i was',
  hypothesis:
    'que hago si, que hacer si, que pasa si, y si me, y si le, en caso de, por si, si alguna vez, si me da, si tuviera, si tengo, que debo hacer ante, que faig si, en cas de, si mai, what if, in case of, in case, if i have, if i ever, what should i do if, should i, o que fazer se, o que faco se, se eu tiver, se acontecer, em caso de, y si tengo, sintomas de, cuales son los sintomas, symptoms of, sintomes, como saber si, como se si, how do i know, puede causar, puede producir, efectos secundarios, efecto secundario, side effect*, efeitos colaterais, efectes secundaris, prospecto, can it cause, tengo miedo de, me da miedo, prevenir, prevencion, prevent, curso de, taller de, charla, informacion sobre, information about, informacao sobre',
  administration:
    'factura*, recibo, bill, invoice, fatura, certificado, certificat, certificate, atestado, informe, informe de alta, seguro, poliza, reembolso, autorizacion, authorization, autorizacao, presupuesto, cita, turno, hora con, revision, control, consulta de, appointment, checkup, check up, visita, consulta com, rehabilit*, resultado*, resultats, receta, unidad de, servicio de, especialista, programa, carnet',
  figure:
    'me muero de risa, me muero de hambre, me muero de ganas, me muero de sueno, me muero de verguenza, me muero de calor, me muero de frio, me muero de sed, muero de risa, muerto de risa, muerta de risa, muerto de hambre, muero por, em moro de ganes, em moro de gana, em moro de riure, em moro de son, dying of laughter, dying to, dying of hunger, dying of boredom, morrendo de rir, morrendo de fome, morrendo de vontade, morrendo de saudade, morrendo de sono, morro de rir, casi me da un infarto, casi me da algo, me va a dar algo, almost had a heart attack, me da un infarto, te da un infarto, infarto cuando vi, me mata la espera, me matan, corazon roto, me parte el corazon, me rompe el corazon, con el corazon, de corazon, de todo corazon, ahogado en, ahogado de trabajo, me ahogo en, drowning in, matarme de risa, matarme de trabajo, me quiero matar con, golpe de suerte, sangre fria, breathtaking, heart of, mi corazon, meu coracao, cuesta un ojo, un ojo de la cara, muerto de cansancio, me explota la cabeza de, killing me with, killing time, que me mata el',
} as const;
export type Context = keyof typeof CONTEXT;
