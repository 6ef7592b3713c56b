import type { Named } from './finder.ts';

/**
 * Common substances with their names in the four languages and brands under which patients of Spain, Latin America,
 * Portugal and the British Isles know them. Written for this project; to recognise a name, never to advise.
 */
const LIST = `
paracetamol: paracetamol, acetaminofen, acetaminophen, gelocatil, efferalgan, termalgin, panadol, tylenol, tempra, dolex, tafirol, ben-u-ron, calpol, apiretal
ibuprofen: ibuprofeno, ibuprofen, dalsy, espidifen, neobrufen, advil, motrin, nurofen, ibupirac, actron, brufen, alivium
aspirin: aspirina, aspirin, adiro, acido acetilsalicilico, acetylsalicylic acid, aspirineta, cardioaspirina, tromalyt, aas
metamizole: metamizol, nolotil, dipirona, novalgina, neo-melubrina, dipirone
naproxen: naproxeno, naproxen, flanax, antalgin, naprosyn
diclofenac: diclofenaco, diclofenac, voltaren, cataflam, voltadol
dexketoprofen: dexketoprofeno, enantyum, ketoprofeno, ketesse
ketorolac: ketorolaco, ketorolac, toradol, keterolac, toragesic
celecoxib: celecoxib, celebrex
tramadol: tramadol, adolonta, zaldiar, tramal
codeine: codeina, codeine, co-codamol
morphine: morfina, morphine, sevredol, mst
fentanyl: fentanilo, fentanyl
oxycodone: oxicodona, oxycodone, oxycontin
amoxicillin: amoxicilina, amoxicil·lina, amoxicillin, amoxil, clamoxyl, amoxidal
amoxicillin-clavulanate: amoxicilina clavulanico, augmentine, augmentin, clavulin, clavulanico, co-amoxiclav
azithromycin: azitromicina, azithromycin, zitromax, zithromax
clarithromycin: claritromicina, clarithromycin
ciprofloxacin: ciprofloxacino, ciprofloxacina, ciprofloxacin
levofloxacin: levofloxacino, levofloxacina, levofloxacin
cephalexin: cefalexina, cephalexin, keflex
cefuroxime: cefuroxima, cefuroxime, zinnat
doxycycline: doxiciclina, doxycycline
metronidazole: metronidazol, metronidazole, flagyl
nitrofurantoin: nitrofurantoina, nitrofurantoin
fosfomycin: fosfomicina, fosfomycin, monurol
penicillin: penicilina, penicil·lina, penicillin
trimethoprim: trimetoprima, trimethoprim, septrin, bactrim, cotrimoxazol
acyclovir: aciclovir, acyclovir, zovirax
fluconazole: fluconazol, fluconazole, diflucan
omeprazole: omeprazol, omeprazole, losec, prilosec
pantoprazole: pantoprazol, pantoprazole
esomeprazole: esomeprazol, esomeprazole, nexium
lansoprazole: lansoprazol, lansoprazole
famotidine: famotidina, famotidine
ranitidine: ranitidina, ranitidine, zantac
domperidone: domperidona, domperidone, motilium
metoclopramide: metoclopramida, metoclopramide, primperan, reliveran
ondansetron: ondansetron, zofran, yatrox
loperamide: loperamida, loperamide, fortasec, imodium
lactulose: lactulosa, lactulose, duphalac
macrogol: macrogol, movicol
simethicone: simeticona, simethicone, aero red
hyoscine: buscapina, butilescopolamina, buscopan, hioscina
enalapril: enalapril, renitec, lotrial
lisinopril: lisinopril
ramipril: ramipril, acovil
perindopril: perindopril
captopril: captopril
losartan: losartan, cozaar
valsartan: valsartan, diovan
candesartan: candesartan
irbesartan: irbesartan
telmisartan: telmisartan, micardis
olmesartan: olmesartan
sacubitril: sacubitrilo, entresto
amlodipine: amlodipino, amlodipina, amlodipine, norvasc
nifedipine: nifedipino, nifedipina, nifedipine, adalat
diltiazem: diltiazem
verapamil: verapamilo, verapamil
bisoprolol: bisoprolol, emconcor
atenolol: atenolol, tenormin
propranolol: propranolol, sumial
metoprolol: metoprolol
carvedilol: carvedilol
nebivolol: nebivolol
hydrochlorothiazide: hidroclorotiazida, hydrochlorothiazide
furosemide: furosemida, furosemide, seguril, lasix
spironolactone: espironolactona, spironolactone, aldactone
indapamide: indapamida, indapamide
digoxin: digoxina, digoxin
amiodarone: amiodarona, amiodarone, trangorex, atlansil
nitroglycerin: nitroglicerina, nitroglycerin, cafinitrina, gtn
ivabradine: ivabradina, ivabradine, procoralan
acenocoumarol: acenocumarol, acenocoumarol, sintrom
warfarin: warfarina, warfarin, coumadin, aldocumar, varfarina
apixaban: apixaban, eliquis
rivaroxaban: rivaroxaban, xarelto
dabigatran: dabigatran, pradaxa
edoxaban: edoxaban, lixiana
heparin: heparina, heparin, enoxaparina, enoxaparin, clexane, hibor, bemiparina
clopidogrel: clopidogrel, plavix
atorvastatin: atorvastatina, atorvastatin, lipitor, cardyl
simvastatin: simvastatina, simvastatin
rosuvastatin: rosuvastatina, rosuvastatin, crestor
ezetimibe: ezetimiba, ezetimibe
metformin: metformina, metformin, glucophage, dianben, glafornil
gliclazide: gliclazida, gliclazide, diamicron
glibenclamide: glibenclamida, glibenclamide
sitagliptin: sitagliptina, sitagliptin, januvia
empagliflozin: empagliflozina, empagliflozin, jardiance
dapagliflozin: dapagliflozina, dapagliflozin, forxiga
semaglutide: semaglutida, semaglutide, ozempic, wegovy, rybelsus
liraglutide: liraglutida, liraglutide, saxenda
tirzepatide: tirzepatida, tirzepatide, mounjaro
insulin: insulina, insulin, lantus, novorapid, humalog, levemir, toujeo, tresiba, glargina, nph
levothyroxine: levotiroxina, levothyroxine, eutirox, euthyrox, synthroid, t4
methimazole: metimazol, tiamazol, carbimazol, carbimazole
prednisone: prednisona, prednisone, dacortin, meticorten
prednisolone: prednisolona, prednisolone, estilsona
dexamethasone: dexametasona, dexamethasone, fortecortin, decadron
methylprednisolone: metilprednisolona, urbason
betamethasone: betametasona, betamethasone, celestone
hydrocortisone: hidrocortisona, hydrocortisone
salbutamol: salbutamol, ventolin, albuterol, aerolin
budesonide: budesonida, budesonide, pulmicort, symbicort
fluticasone: fluticasona, fluticasone, seretide, flixotide
tiotropium: tiotropio, tiotropium, spiriva
ipratropium: ipratropio, ipratropium, atrovent
montelukast: montelukast, singulair
acetylcysteine: acetilcisteina, acetylcysteine, fluimucil, flumil
ambroxol: ambroxol, mucosolvan, mucosan
dextromethorphan: dextrometorfano, romilar
loratadine: loratadina, loratadine, clarityne
desloratadine: desloratadina, desloratadine, aerius
cetirizine: cetirizina, cetirizine, zyrtec, reactine
ebastine: ebastina, ebastel
bilastine: bilastina, bilaxten
chlorphenamine: clorfenamina, chlorphenamine, piriton
diphenhydramine: difenhidramina, benadryl
adrenaline: adrenalina, adrenaline, epinefrina, epipen, jext
diazepam: diazepam, valium
lorazepam: lorazepam, orfidal, ativan, trapax
alprazolam: alprazolam, trankimazin, xanax, alplax, tafil
clonazepam: clonazepam, rivotril
bromazepam: bromazepam, lexatin, lexotan
zolpidem: zolpidem, stilnox
melatonin: melatonina, melatonin, circadin
sertraline: sertralina, sertraline, besitran, zoloft
fluoxetine: fluoxetina, fluoxetine, prozac
escitalopram: escitalopram, cipralex, esertia, lexapro
citalopram: citalopram
paroxetine: paroxetina, paroxetine, seroxat
venlafaxine: venlafaxina, venlafaxine
duloxetine: duloxetina, duloxetine, cymbalta
mirtazapine: mirtazapina, mirtazapine
trazodone: trazodona, trazodone, deprax
amitriptyline: amitriptilina, amitriptyline, tryptizol
quetiapine: quetiapina, quetiapine, seroquel
risperidone: risperidona, risperidone, risperdal
olanzapine: olanzapina, olanzapine, zyprexa
haloperidol: haloperidol, haldol
lithium: litio, lithium, plenur, carbolitio
methylphenidate: metilfenidato, methylphenidate, ritalin, concerta, ritalina
levetiracetam: levetiracetam, keppra
valproate: valproato, acido valproico, valproate, depakine, depakote
carbamazepine: carbamazepina, carbamazepine, tegretol
lamotrigine: lamotrigina, lamotrigine
phenytoin: fenitoina, phenytoin
topiramate: topiramato, topiramate, topamax
gabapentin: gabapentina, gabapentin, neurontin
pregabalin: pregabalina, pregabalin, lyrica
levodopa: levodopa, sinemet, madopar
donepezil: donepezilo, donepezil, aricept
memantine: memantina, memantine, ebixa
baclofen: baclofeno, baclofen, lioresal
cyclobenzaprine: ciclobenzaprina, yurelax
sumatriptan: sumatriptan, imigran
rizatriptan: rizatriptan, maxalt
alendronate: alendronato, acido alendronico, alendronic acid, fosamax
denosumab: denosumab, prolia
calcium: calcio, calcium, natecal, caltrate
vitamin-d: vitamina d, vitamin d, hidroferol, colecalciferol
vitamin-b12: vitamina b12, vitamin b12, optovite, cianocobalamina
folic-acid: acido folico, folic acid, acfol, acid folic
iron: hierro, ferro, iron tablets, tardyferon, ferrogradumet, sulfato ferroso, ferplex, ferrous sulphate
potassium: potasio, potassium, boi-k
allopurinol: alopurinol, allopurinol, zyloric
colchicine: colchicina, colchicine
methotrexate: metotrexato, methotrexate
hydroxychloroquine: hidroxicloroquina, hydroxychloroquine, dolquine
adalimumab: adalimumab, humira
tamoxifen: tamoxifeno, tamoxifen
letrozole: letrozol, letrozole
tamsulosin: tamsulosina, tamsulosin
finasteride: finasterida, finasteride
sildenafil: sildenafilo, sildenafil, viagra
tadalafil: tadalafilo, tadalafil, cialis
oestrogen: estradiol, progesterona, progesterone, hrt, utrogestan
contraceptive: anticonceptivo, anticonceptivos, pastillas anticonceptivas, la pildora, anticonceptivas, contraceptive pill, the pill, anticoncepcional, pilula, pilula anticoncepcional, anticonceptives, yasmin
emergency-contraceptive: pastilla del dia despues, pildora del dia despues, levonorgestrel, norlevo, morning after pill, pilula do dia seguinte, pindola de l endema
isotretinoin: isotretinoina, isotretinoin, roacutan, roaccutane
permethrin: permetrina, permethrin
clotrimazole: clotrimazol, clotrimazole, canesten
mupirocin: mupirocina, bactroban
timolol: timolol
latanoprost: latanoprost, xalatan
tobramycin: tobramicina, tobrex, tobradex
`;

export const MEDICINES: readonly Named[] = LIST.trim()
  .split('\n')
  .map((line) => {
    const [key, names] = line.split(': ');
    return { key: key!, names: names!.split(', ') };
  });
