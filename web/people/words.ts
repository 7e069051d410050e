const list = (words: string): readonly string[] => words.trim().split(/\s+/)

/** Parts that invented names and facts are put together from; every list is free of repetitions. */
export const words = {
  firstStart: list(`Brin Cal Dral Elv Fen Gor Hul Ist Jas Kev Lor Mav Nel Osk Pel Quen Rul Sev
    Tul Ulm Vor Wil Xan Yel Zor`),
  firstEnd: list(`andra ibel omir una eth ario esk ovan avel adel ulio enna orin aphe ikka ost
    emund ilda aro essa`),
  lastStart: list(`Bramble Cinder Dapple Ember Frost Gloam Hollow Ingle Juniper Kettle Lark Marrow
    Nettle Otter Pepper Quill Russet Sable Thistle Umber Velvet Willow Yarrow Zephyr Acorn`),
  lastEnd: list(`wick mere thorpe garth combe shaw ridge fen lock vane hurst fold beck stead gate
    march spire croft dell low`),
  month: list(`January February March April May June July August September October November
    December`),
  colour: list(`teal crimson amber indigo scarlet olive violet coral jade ivory maroon beige cobalt
    golden silver lilac khaki ochre ruby azure fawn plum mint peach lemon`),
  animal: list(`otter badger heron lynx magpie newt panda quail raven stoat tapir urchin vole
    walrus yak zebra gecko ibex jackal koala lemur moose narwhal osprey puffin`),
  host: list(`harbour meadow granite comet lantern pebble summit tundra ripple canyon signal
    pocket ladder marble rocket saddle timber voyage window anchor basket candle dragon engine
    fabric`),
  hostKind: list(`mill post desk loft yard club shop lane nest mail port dock barn hall cove net
    hub box den spot`),
  streetStart: list(`Copper Finch Tulip Barrel Cobble Heather Silk Wander Clover Mason Pilgrim
    Rook Sorrel Tanner Weaver Beacon Chestnut Drummer Falcon Garnet`),
  streetEnd: list(`bell field gable haven crest moor well stone bridge wood pond mount glade vale
    holm`),
  streetKind: list(`Row Lane Street Avenue Close Road Square Terrace Walk Drive Alley Crescent
    Court Way Place Quay Steps Gardens Parade Hill`),
  town: list(`Tallowby Grenstow Okelmouth Pindleford Wexcombe Marlowick Hesterby Quorndale
    Sallowmere Brindlesea Fothering Lundermoor Cawthwick Duncairn Ebbleton Yarlsea Nunhallow
    Vextham Orrinshaw Tarnwell Kippleham Ushercliff Jorveston Ingleport`),
  trade: list(`kelp glacier lighthouse peat orchard tramway carillon sponge moss saffron canal
    quarry beehive falconry mushroom cheese perfume violin umbrella balloon meteorite cavern reed
    mirror dune ferry barometer truffle hedgerow windmill aquarium telescope carpet vanilla
    fountain`),
  profession: list(`surveyor inspector archivist broker grower restorer appraiser cartographer
    illustrator chemist conductor translator mechanic curator auctioneer historian photographer
    designer tester technician tutor planner dispatcher librarian forecaster`),
  pastime: list(`carving painting collecting repairing photographing sketching polishing
    cataloguing building engraving trading juggling mending weighing sorting stacking drawing
    decorating displaying numbering varnishing hiding`),
  material: list(`brass paper wicker tin clay felt cork glass walnut wool slate wax bamboo linen
    chalk pewter oak straw porcelain leather`),
  thing: list(`kites clocks puppets whistles boats masks buttons chessmen bells globes thimbles
    trains spoons flutes dominoes locks snuffboxes sundials drums hats`),
} as const
