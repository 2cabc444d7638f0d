/**
 * Passwords that many people choose, in lower case and without the digits and marks around them:
 * one entry stands for `dragon1`, `Dragon!` and `dr4g0n2024`. Compiled by hand from public
 * knowledge about leaked passwords.
 */
const WORDS = `
password passwort passwd passphrase pass pword parola senha contrasena motdepasse wachtwoord haslo
secret secreto geheim topsecret mypassword newpassword oldpassword thepassword passwordpassword
userpassword adminpassword testpassword defaultpassword default temp temporary temppass guest
login logon signin letmein letmeinnow openup opensesame access accessgranted welcome welcomehome
willkommen bienvenue benvenuto hello helloworld hellohello hallo hola bonjour goodbye goodmorning
changeme changeit changethis changemenow replaceme resetme pleasechange nopassword nopass
admin administrator adminadmin root toor superuser sysadmin system manager operator user username
testuser demo demouser demodemo test testing tester testtest testpass sample example master
masterkey mastermind computer laptop desktop keyboard internet network server database oracle
mysql postgres postgresql windows linux ubuntu debian macintosh apple iphone ipad samsung galaxy
android google gmail yahoo hotmail outlook facebook twitter instagram youtube netflix amazon
paypal ebay linkedin myspace whatsapp telegram discord minecraft fortnite roblox pokemon pikachu
nintendo playstation xbox gamer gameover warcraft starcraft diablo halo zelda mario sonic tetris
counterstrike callofduty leagueoflegends runescape
qwerty qwertyuiop qwertz qwertzuiop azerty azertyuiop asdf asdfgh asdfghjkl asdfasdf zxcv zxcvbn
zxcvbnm qwer qweasd qweasdzxc qazwsx qazwsxedc qaz zaqwsx zaqxsw wsx edc qwe asd zxc poiuytrewq
lkjhgfdsa mnbvcxz abc abcd abcde abcdef abcdefg abcabc aaa xxx abcxyz onetwothree onetwothreefour
iloveyou iloveu iloveme ilovegod ilovejesus ilovehim iloveher ilovemom iloveyousomuch loveme
lovelove loveyou lover lovers loving lovely love loveforever forever foreverlove mylove truelove
iheartyou ihateyou hateyou fuckyou fuckoff fuckme fucker fuckfuck fuck shit bullshit asshole
bitch bastard bollocks pussy penis dick cock boobs tits sexy sexsex sexygirl sexyboy hotstuff
babygirl babyboy baby babe honey sweetheart sweetie sweety sugar cutie cutiepie angel angels
princess prince queen king kingdom lady gentleman darling beautiful pretty gorgeous handsome
sunshine sunflower sunset sunrise sun moon moonlight star stars starlight starwars startrek
rainbow butterfly flower flowers daisy rose roses lily lilies orchid tulip violet jasmine
dragon dragons dragonball dragonfly phoenix unicorn griffin wizard witch vampire werewolf zombie
monster demon devil satan lucifer hell heaven paradise spirit ghost shadow shadows darkness
midnight twilight eclipse thunder lightning storm tornado hurricane blizzard avalanche volcano
monkey tiger tigers lion lions panther panthers leopard cheetah jaguar cougar bear bears wolf
wolves wolfpack fox foxes eagle eagles falcon falcons hawk hawks raven ravens robin sparrow
penguin penguins dolphin dolphins shark sharks whale turtle turtles spider scorpion snake cobra
viper python rabbit bunny hamster kitten kitty hellokitty cat cats doggy doggie puppy dog dogs
horse horses pony elephant giraffe zebra gorilla buffalo bulldog bulldogs chicken turkey rooster
football footballer soccer baseball basketball softball volleyball hockey tennis golf golfer
golfing rugby cricket boxing wrestling karate swimming swimmer running runner skiing snowboard
skateboard surfing surfer fishing fisherman hunting hunter sports athlete champion champions
winner winners winning victory
liverpool liverpoolfc manchester manchesterunited manutd manunited manchestercity arsenal chelsea
chelseafc tottenham everton barcelona fcbarcelona barca realmadrid madrid juventus milan acmilan
inter roma napoli bayern bayernmunich dortmund ajax benfica porto celtic rangers lakers yankees
redsox cowboys steelers packers patriots raiders broncos giants jets dodgers cubs braves mets
cardinals bulls celtics heat spurs knicks warriors gators longhorns buckeyes
superman batman spiderman ironman wolverine hulk deadpool joker robocop rambo rocky terminator
matrix neo trinity morpheus gandalf frodo bilbo aragorn legolas gollum hobbit mordor merlin
excalibur camelot arthur lancelot potter harrypotter hermione hogwarts dumbledore voldemort snape
gryffindor slytherin skywalker lukeskywalker darthvader vader yoda jedi chewbacca hansolo
stormtrooper deathstar startreck enterprise spock kirk picard voyager gundam naruto sasuke goku
vegeta bleach onepiece snoopy garfield scooby scoobydoo simpsons homer bart tweety mickey
mickeymouse minnie donald donaldduck winnie winniethepooh tigger eeyore piglet bambi dumbo simba
nemo shrek barbie tinkerbell cinderella pinocchio peterpan popeye bugsbunny
metallica nirvana slipknot korn linkinpark greenday blink beatles ledzeppelin pinkfloyd acdc
ironmaiden megadeth slayer rammstein eminem tupac biggie jayz rihanna beyonce shakira madonna
britney justinbieber onedirection elvis elvispresley marley bobmarley hendrix guitar guitarist
drummer drums bass piano violin trumpet music musica musician rockstar rocknroll rockandroll
hiphop techno
ferrari porsche lamborghini mercedes mercedesbenz bmw audi toyota honda nissan mazda subaru
mitsubishi hyundai volkswagen volvo corvette camaro mustang chevy chevrolet ford dodge charger
viper hummer jeep cadillac pontiac firebird maverick harley harleydavidson davidson yamaha suzuki
kawasaki ducati
michael jessica ashley jennifer daniel matthew andrew joshua jordan michelle nicole anthony
thomas robert william richard charles george james john david joseph christopher christian
christina christine stephen steven jonathan benjamin nicholas alexander alexandra alexandre
alejandro alejandra andrea samantha amanda melissa stephanie elizabeth victoria vanessa natalie
natasha rebecca rachel sarah laura lauren megan hannah emily emma olivia sophia sophie isabella
gabriel gabriela gabriella patrick patricia brandon justin tyler austin taylor dakota madison
morgan courtney brittany danielle dominique veronica valentina valentin valerie vincent victor
hector carlos fernando francisco roberto ricardo eduardo antonio giovanni leonardo alessandro
francesco lorenzo maria mariana marina martina martin marcus markus sebastian stefan stefanie
florian tobias johannes andreas matthias wolfgang katharina claudia sandra sabrina sabine
charlie oliver oscar jasper jackson johnson smith wilson cameron dennis donald douglas edward
frank franklin gary gerald gregory harold harry heather henry jackie jacob jason jeffrey jeremy
jesus jesuschrist jesuslovesme jimmy johnny juliana julian kathryn katherine kelly kenneth kevin
kimberly kristen kristina larry lewis lindsay louise lucas maggie margaret marie mark max maxwell
melanie miguel monica nathan nathaniel oscar pamela paul peter phillip raymond ronald russell
ryan sammy samuel scott shannon sharon sierra simon sophie steve steven stuart susan sydney
teresa theresa timothy tina tracy travis trevor walter wendy whitney zachary
mother father mommy daddy mama papa mamapapa mummy brother sister sisters family families friend
friends friendship bestfriend bestfriends bff grandma grandpa husband wife girlfriend boyfriend
children kids
god godisgood godislove jehovah christ bible church faith blessed blessing believe miracle
hallelujah amen praisegod lord lordjesus allah mohammed muhammad buddha krishna ganesh
america american usa canada mexico brasil brazil argentina colombia england london britain
scotland ireland irish france paris germany deutschland berlin hamburg munich italia italy rome
spain espana portugal lisbon russia moscow poland polska ukraine turkey istanbul greece athens
sweden norway denmark finland holland amsterdam belgium austria vienna switzerland india indian
pakistan bangladesh indonesia malaysia singapore thailand vietnam philippines pilipinas china
beijing shanghai hongkong japan tokyo korea seoul australia sydney melbourne africa nigeria kenya
egypt cairo israel jerusalem iran dubai california texas florida newyork newyorkcity losangeles
chicago boston houston dallas denver phoenix atlanta miami seattle detroit hawaii alaska
january february march april june july august september october november december monday tuesday
wednesday thursday friday saturday sunday spring summer autumn winter christmas halloween easter
birthday happybirthday holiday vacation weekend summertime wintertime
red orange yellow green blue purple violet black white silver gold golden brown pink blackcat
bluesky redrose greenday blackjack whiteout silverado goldfish blueberry blackberry strawberry
raspberry cherry banana bananas apple apples orange oranges peaches peach mango coconut pineapple
watermelon lemon lemonade tomato potato carrot onion garlic pepper ginger cinnamon vanilla
chocolate caramel cookie cookies cupcake brownie pancake donut pizza burger hamburger hotdog
cheese cheesecake chicken bacon spaghetti noodle noodles sushi taco nacho burrito coffee
cappuccino espresso tea milk milkshake cocacola coke pepsi sprite whiskey vodka tequila budweiser
heineken guinness corona beer wine champagne marlboro cannabis marijuana smokeweed weed
money moneymoney dollar millionaire billionaire rich richard bitcoin business company office
corporate college school student teacher doctor nurse lawyer engineer soldier marine marines army
navy airforce police fireman firefighter captain commander general sergeant pirate pirates ninja
samurai warrior knight viking spartan spartans gladiator crusader assassin sniper killer killers
hacker hackers phantom predator punisher avenger avengers legend legends hero heroes superhero
superstar rockyou nothing something anything everything whatever whatsup nobody somebody someone
anyone everyone iamhappy happy happiness smile smiley smiling laughing funny crazy stupid idiot
loser dumbass freak geek nerd genius brilliant awesome amazing fantastic wonderful excellent
perfect special cool coolness coolguy coolio supercool super powerful power strong strength energy
freedom liberty justice peace hope dream dreams dreamer believe destiny fortune lucky luckyone
goodluck blackout blue magic magical mystery mystic secretgarden diamond diamonds crystal crystals
emerald sapphire ruby pearl treasure jewelry platinum titanium
trustno trustnoone trustme trust whatthefuck whatthehell imissyou missyou iamgod iamtheone
imthebest thebest thebeast number numberone firstone lastone onelove oneworld onepassword
internet explorer firefox chrome safari opera microsoft adobe photoshop cisco juniper dell toshiba
lenovo hewlett packard motorola nokia sony ericsson blackberry siemens philips panasonic canon
nikon cheerleader ballet ballerina dancer dancing dance party partytime disco
seven seventeen eleven twelve thirteen hundred thousand million
flamingo buster cooper bailey bandit bella boomer brutus buddy buster casey chester coco cody
duke gizmo ginger harley hunter jake jasmine lucky maggie maverick max milo misty molly murphy
muffin oreo peanut pepper pumpkin precious princess rusty sadie sam samson sandy sasha scooter
shadow shelby simba smokey snickers snowball snowflake socks sparky spike spot sunny teddy
teddybear tinker toby tucker whiskers winston ziggy zeus apollo athena hercules poseidon venus
jupiter saturn mercury neptune pluto galaxy universe cosmos planet rocket apollo discovery
columbia challenger atlantis
`;

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));
