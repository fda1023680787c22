/** Names of DICOM data elements (PS3.6), with their value representation: files in Implicit VR do not say it. */
const TABLE = `
00020000ULFile Meta Information Group Length
00020001OBFile Meta Information Version
00020002UIMedia Storage SOP Class UID
00020003UIMedia Storage SOP Instance UID
00020010UITransfer Syntax UID
00020012UIImplementation Class UID
00020013SHImplementation Version Name
00020016AESource Application Entity Title
00080005CSSpecific Character Set
00080006SQLanguage Code Sequence
00080008CSImage Type
00080012DAInstance Creation Date
00080013TMInstance Creation Time
00080014UIInstance Creator UID
00080015DTInstance Coercion DateTime
00080016UISOP Class UID
00080017UIAcquisition UID
00080018UISOP Instance UID
00080019UIPyramid UID
0008001aUIRelated General SOP Class UID
0008001bUIOriginal Specialized SOP Class UID
0008001cCSSynthetic Data
00080020DAStudy Date
00080021DASeries Date
00080022DAAcquisition Date
00080023DAContent Date
0008002aDTAcquisition DateTime
00080030TMStudy Time
00080031TMSeries Time
00080032TMAcquisition Time
00080033TMContent Time
00080050SHAccession Number
00080051SQIssuer of Accession Number Sequence
00080052CSQuery/Retrieve Level
00080053CSQuery/Retrieve View
00080054AERetrieve AE Title
00080055AEStation AE Title
00080056CSInstance Availability
00080058UIFailed SOP Instance UID List
00080060CSModality
00080061CSModalities in Study
00080062UISOP Classes in Study
00080063SQAnatomic Regions in Study Code Sequence
00080064CSConversion Type
00080068CSPresentation Intent Type
00080070LOManufacturer
00080080LOInstitution Name
00080081STInstitution Address
00080082SQInstitution Code Sequence
00080090PNReferring Physician's Name
00080092STReferring Physician's Address
00080094SHReferring Physician's Telephone Numbers
00080096SQReferring Physician Identification Sequence
0008009cPNConsulting Physician's Name
0008009dSQConsulting Physician Identification Sequence
00080100SHCode Value
00080101LOExtended Code Value
00080102SHCoding Scheme Designator
00080103SHCoding Scheme Version
00080104LOCode Meaning
00080105CSMapping Resource
00080106DTContext Group Version
00080107DTContext Group Local Version
00080108LTExtended Code Meaning
00080109SQCoding Scheme Resources Sequence
0008010aCSCoding Scheme URL Type
0008010bCSContext Group Extension Flag
0008010cUICoding Scheme UID
0008010dUIContext Group Extension Creator UID
0008010eURCoding Scheme URL
0008010fCSContext Identifier
00080110SQCoding Scheme Identification Sequence
00080112LOCoding Scheme Registry
00080114STCoding Scheme External ID
00080115STCoding Scheme Name
00080116STCoding Scheme Responsible Organization
00080117UIContext UID
00080118UIMapping Resource UID
00080119UCLong Code Value
00080120URURN Code Value
00080121SQEquivalent Code Sequence
00080122LOMapping Resource Name
00080123SQContext Group Identification Sequence
00080124SQMapping Resource Identification Sequence
00080201SHTimezone Offset From UTC
00080220SQResponsible Group Code Sequence
00080221CSEquipment Modality
00080222LOManufacturer's Related Model Group
00080300SQPrivate Data Element Characteristics Sequence
00080301USPrivate Group Reference
00080302LOPrivate Creator Reference
00080303CSBlock Identifying Information Status
00080304USNonidentifying Private Elements
00080305SQDeidentification Action Sequence
00080306USIdentifying Private Elements
00080307CSDeidentification Action
00080308USPrivate Data Element
00080309ULPrivate Data Element Value Multiplicity
0008030aCSPrivate Data Element Value Representation
0008030bULPrivate Data Element Number of Items
0008030cUCPrivate Data Element Name
0008030dUCPrivate Data Element Keyword
0008030eUTPrivate Data Element Description
0008030fUTPrivate Data Element Encoding
00080310SQPrivate Data Element Definition Sequence
00080400SQScope of Inventory Sequence
00080401LTInventory Purpose
00080402LTInventory Instance Description
00080403CSInventory Level
00080404DTItem Inventory DateTime
00080405CSRemoved from Operational Use
00080406SQReason for Removal Code Sequence
00080407URStored Instance Base URI
00080408URFolder Access URI
00080409URFile Access URI
0008040aCSContainer File Type
0008040bURFilename in Container
0008040cUVFile Offset in Container
0008040dUVFile Length in Container
0008040eUIStored Instance Transfer Syntax UID
0008040fCSExtended Matching Mechanisms
00080410SQRange Matching Sequence
00080411SQList of UID Matching Sequence
00080412SQEmpty Value Matching Sequence
00080413SQGeneral Matching Sequence
00080414USRequested Status Interval
00080415CSRetain Instances
00080416DTExpiration DateTime
00080417CSTransaction Status
00080418LTTransaction Status Comment
00080419SQFile Set Access Sequence
0008041aSQFile Access Sequence
0008041bOBRecord Key
0008041cOBPrior Record Key
0008041dSQMetadata Sequence
0008041eSQUpdated Metadata Sequence
0008041fDTStudy Update DateTime
00080420SQInventory Access End Points Sequence
00080421SQStudy Access End Points Sequence
00080422SQIncorporated Inventory Instance Sequence
00080423SQInventoried Studies Sequence
00080424SQInventoried Series Sequence
00080425SQInventoried Instances Sequence
00080426CSInventory Completion Status
00080427ULNumber of Study Records in Instance
00080428UVTotal Number of Study Records
00080429UVMaximum Number of Records
00081010SHStation Name
00081030LOStudy Description
00081032SQProcedure Code Sequence
0008103eLOSeries Description
0008103fSQSeries Description Code Sequence
00081040LOInstitutional Department Name
00081041SQInstitutional Department Type Code Sequence
00081048PNPhysician(s) of Record
00081049SQPhysician(s) of Record Identification Sequence
00081050PNPerforming Physician's Name
00081052SQPerforming Physician Identification Sequence
00081060PNName of Physician(s) Reading Study
00081062SQPhysician(s) Reading Study Identification Sequence
00081070PNOperators' Name
00081072SQOperator Identification Sequence
00081080LOAdmitting Diagnoses Description
00081084SQAdmitting Diagnoses Code Sequence
00081088LOPyramid Description
00081090LOManufacturer's Model Name
00081110SQReferenced Study Sequence
00081111SQReferenced Performed Procedure Step Sequence
00081112SQReferenced Instances by SOP Class Sequence
00081115SQReferenced Series Sequence
00081120SQReferenced Patient Sequence
00081125SQReferenced Visit Sequence
00081134SQReferenced Stereometric Instance Sequence
0008113aSQReferenced Waveform Sequence
00081140SQReferenced Image Sequence
0008114aSQReferenced Instance Sequence
0008114bSQReferenced Real World Value Mapping Instance Sequence
00081150UIReferenced SOP Class UID
00081155UIReferenced SOP Instance UID
00081156SQDefinition Source Sequence
0008115aUISOP Classes Supported
00081160ISReferenced Frame Number
00081161ULSimple Frame List
00081162ULCalculated Frame List
00081163FDTime Range
00081164SQFrame Extraction Sequence
00081167UIMulti-frame Source SOP Instance UID
00081190URRetrieve URL
00081195UITransaction UID
00081196USWarning Reason
00081197USFailure Reason
00081198SQFailed SOP Sequence
00081199SQReferenced SOP Sequence
0008119aSQOther Failures Sequence
0008119bSQFailed Study Sequence
00081200SQStudies Containing Other Referenced Instances Sequence
00081250SQRelated Series Sequence
00082111STDerivation Description
00082112SQSource Image Sequence
00082120SHStage Name
00082122ISStage Number
00082124ISNumber of Stages
00082127SHView Name
00082128ISView Number
00082129ISNumber of Event Timers
0008212aISNumber of Views in Stage
00082130DSEvent Elapsed Time(s)
00082132LOEvent Timer Name(s)
00082133SQEvent Timer Sequence
00082134FDEvent Time Offset
00082135SQEvent Code Sequence
00082142ISStart Trim
00082143ISStop Trim
00082144ISRecommended Display Frame Rate
00089124SQDerivation Image Sequence
00089215SQDerivation Code Sequence
00100010PNPatient's Name
00100020LOPatient ID
00100021LOIssuer of Patient ID
00100022CSType of Patient ID
00100024SQIssuer of Patient ID Qualifiers Sequence
00100026SQSource Patient Group Identification Sequence
00100027SQGroup of Patients Identification Sequence
00100028USSubject Relative Position in Image
00100030DAPatient's Birth Date
00100032TMPatient's Birth Time
00100033LOPatient's Birth Date in Alternative Calendar
00100034LOPatient's Death Date in Alternative Calendar
00100035CSPatient's Alternative Calendar
00100040CSPatient's Sex
00100050SQPatient's Insurance Plan Code Sequence
00100101SQPatient's Primary Language Code Sequence
00100102SQPatient's Primary Language Modifier Code Sequence
00100200CSQuality Control Subject
00100201SQQuality Control Subject Type Code Sequence
00100212UCStrain Description
00100213LOStrain Nomenclature
00100214LOStrain Stock Number
00100215SQStrain Source Registry Code Sequence
00100216SQStrain Stock Sequence
00100217LOStrain Source
00100218UTStrain Additional Information
00100219SQStrain Code Sequence
00100221SQGenetic Modifications Sequence
00100222UCGenetic Modifications Description
00100223LOGenetic Modifications Nomenclature
00100229SQGenetic Modifications Code Sequence
00101000LOOther Patient IDs
00101001PNOther Patient Names
00101002SQOther Patient IDs Sequence
00101005PNPatient's Birth Name
00101010ASPatient's Age
00101020DSPatient's Size
00101021SQPatient's Size Code Sequence
00101022DSPatient's Body Mass Index
00101023DSMeasured AP Dimension
00101024DSMeasured Lateral Dimension
00101030DSPatient's Weight
00101040LOPatient's Address
00101060PNPatient's Mother's Birth Name
00101080LOMilitary Rank
00101081LOBranch of Service
00101100SQReferenced Patient Photo Sequence
00102000LOMedical Alerts
00102110LOAllergies
00102150LOCountry of Residence
00102152LORegion of Residence
00102154SHPatient's Telephone Numbers
00102155LTPatient's Telecom Information
00102160SHEthnic Group
00102161SQEthnic Group Code Sequence
00102180SHOccupation
001021a0CSSmoking Status
001021b0LTAdditional Patient History
001021c0USPregnancy Status
001021d0DALast Menstrual Date
001021f0LOPatient's Religious Preference
00102201LOPatient Species Description
00102202SQPatient Species Code Sequence
00102203CSPatient's Sex Neutered
00102210CSAnatomical Orientation Type
00102292LOPatient Breed Description
00102293SQPatient Breed Code Sequence
00102294SQBreed Registration Sequence
00102295LOBreed Registration Number
00102296SQBreed Registry Code Sequence
00102297PNResponsible Person
00102298CSResponsible Person Role
00102299LOResponsible Organization
00104000LTPatient Comments
00109431FLExamined Body Thickness
00120050LOClinical Trial Time Point ID
00120060LOClinical Trial Coordinating Center Name
00120062CSPatient Identity Removed
00120071LOClinical Trial Series ID
00180010LOContrast/Bolus Agent
00180012SQContrast/Bolus Agent Sequence
00180013FLContrast/Bolus T1 Relaxivity
00180014SQContrast/Bolus Administration Route Sequence
00180015CSBody Part Examined
00180020CSScanning Sequence
00180021CSSequence Variant
00180022CSScan Options
00180023CSMR Acquisition Type
00180024SHSequence Name
00180025CSAngio Flag
00180026SQIntervention Drug Information Sequence
00180027TMIntervention Drug Stop Time
00180028DSIntervention Drug Dose
00180029SQIntervention Drug Code Sequence
0018002aSQAdditional Drug Sequence
00180031LORadiopharmaceutical
00180034LOIntervention Drug Name
00180035TMIntervention Drug Start Time
00180036SQIntervention Sequence
00180038CSIntervention Status
0018003aSTIntervention Description
00180040ISCine Rate
00180042CSInitial Cine Run State
00180050DSSlice Thickness
00180060DSKVP
00180070ISCounts Accumulated
00180071CSAcquisition Termination Condition
00180072DSEffective Duration
00180073CSAcquisition Start Condition
00180074ISAcquisition Start Condition Data
00180075ISAcquisition Termination Condition Data
00180080DSRepetition Time
00180081DSEcho Time
00180082DSInversion Time
00180083DSNumber of Averages
00180084DSImaging Frequency
00180085SHImaged Nucleus
00180086ISEcho Number(s)
00180087DSMagnetic Field Strength
00180088DSSpacing Between Slices
00180089ISNumber of Phase Encoding Steps
00180090DSData Collection Diameter
00180091ISEcho Train Length
00180093DSPercent Sampling
00180094DSPercent Phase Field of View
00180095DSPixel Bandwidth
00181000LODevice Serial Number
00181002UIDevice UID
00181003LODevice ID
00181004LOPlate ID
00181005LOGenerator ID
00181006LOGrid ID
00181007LOCassette ID
00181008LOGantry ID
00181009UTUnique Device Identifier
0018100aSQUDI Sequence
0018100bUIManufacturer's Device Class UID
00181010LOSecondary Capture Device ID
00181012DADate of Secondary Capture
00181014TMTime of Secondary Capture
00181016LOSecondary Capture Device Manufacturer
00181018LOSecondary Capture Device Manufacturer's Model Name
00181019LOSecondary Capture Device Software Versions
00181020LOSoftware Versions
00181022SHVideo Image Format Acquired
00181023LODigital Image Format Acquired
00181030LOProtocol Name
00181040LOContrast/Bolus Route
00181041DSContrast/Bolus Volume
00181042TMContrast/Bolus Start Time
00181043TMContrast/Bolus Stop Time
00181044DSContrast/Bolus Total Dose
00181045ISSyringe Counts
00181046DSContrast Flow Rate
00181047DSContrast Flow Duration
00181048CSContrast/Bolus Ingredient
00181049DSContrast/Bolus Ingredient Concentration
00181050DSSpatial Resolution
00181060DSTrigger Time
00181061LOTrigger Source or Type
00181062ISNominal Interval
00181063DSFrame Time
00181064LOCardiac Framing Type
00181065DSFrame Time Vector
00181066DSFrame Delay
00181067DSImage Trigger Delay
00181068DSMultiplex Group Time Offset
00181069DSTrigger Time Offset
0018106aCSSynchronization Trigger
0018106cUSSynchronization Channel
0018106eULTrigger Sample Position
00181070LORadiopharmaceutical Route
00181071DSRadiopharmaceutical Volume
00181072TMRadiopharmaceutical Start Time
00181073TMRadiopharmaceutical Stop Time
00181074DSRadionuclide Total Dose
00181075DSRadionuclide Half Life
00181076DSRadionuclide Positron Fraction
00181077DSRadiopharmaceutical Specific Activity
00181078DTRadiopharmaceutical Start DateTime
00181079DTRadiopharmaceutical Stop DateTime
00181080CSBeat Rejection Flag
00181081ISLow R-R Value
00181082ISHigh R-R Value
00181083ISIntervals Acquired
00181084ISIntervals Rejected
00181085LOPVC Rejection
00181086ISSkip Beats
00181088ISHeart Rate
00181090ISCardiac Number of Images
00181094ISTrigger Window
00181100DSReconstruction Diameter
00181110DSDistance Source to Detector
00181111DSDistance Source to Patient
00181114DSEstimated Radiographic Magnification Factor
00181120DSGantry/Detector Tilt
00181121DSGantry/Detector Slew
00181130DSTable Height
00181131DSTable Traverse
00181134CSTable Motion
00181135DSTable Vertical Increment
00181136DSTable Lateral Increment
00181137DSTable Longitudinal Increment
00181138DSTable Angle
0018113aCSTable Type
00181140CSRotation Direction
00181142DSRadial Position
00181143DSScan Arc
00181144DSAngular Step
00181145DSCenter of Rotation Offset
00181147CSField of View Shape
00181149ISField of View Dimension(s)
00181150ISExposure Time
00181151ISX-Ray Tube Current
00181152ISExposure
00181153ISExposure in uAs
00181154DSAverage Pulse Width
00181155CSRadiation Setting
00181156CSRectification Type
0018115aCSRadiation Mode
0018115eDSImage and Fluoroscopy Area Dose Product
00181160SHFilter Type
00181161LOType of Filters
00181162DSIntensifier Size
00181164DSImager Pixel Spacing
00181166CSGrid
00181170ISGenerator Power
00181180SHCollimator/grid Name
00181181CSCollimator Type
00181182ISFocal Distance
00181183DSX Focus Center
00181184DSY Focus Center
00181190DSFocal Spot(s)
00181191CSAnode Target Material
001811a0DSBody Part Thickness
001811a2DSCompression Force
001811a3DSCompression Pressure
001811a4LOPaddle Description
001811a5DSCompression Contact Area
001811b0LOAcquisition Mode
001811b1LODose Mode Name
001811b2CSAcquired Subtraction Mask Flag
001811b3CSFluoroscopy Persistence Flag
001811b4CSFluoroscopy Last Image Hold Persistence Flag
001811b5ISUpper Limit Number Of Persistent Fluoroscopy Frames
001811b6CSContrast/Bolus Auto Injection Trigger Flag
001811b7FDContrast/Bolus Injection Delay
001811b8SQXA Acquisition Phase Details Sequence
001811b9FDXA Acquisition Frame Rate
001811baSQXA Plane Details Sequence
001811bbLOAcquisition Field of View Label
001811bcSQX-Ray Filter Details Sequence
001811bdFDXA Acquisition Duration
001811beCSReconstruction Pipeline Type
001811bfSQImage Filter Details Sequence
001811c0CSApplied Mask Subtraction Flag
001811c1SQRequested Series Description Code Sequence
00181200DADate of Last Calibration
00181201TMTime of Last Calibration
00181202DTDateTime of Last Calibration
00181203DTCalibration DateTime
00181204DADate of Manufacture
00181205DADate of Installation
00181210SHConvolution Kernel
00181242ISActual Frame Duration
00181243ISCount Rate
00181244USPreferred Playback Sequencing
00181250SHReceive Coil Name
00181251SHTransmit Coil Name
00181260SHPlate Type
00181261LOPhosphor Type
00181271FDWater Equivalent Diameter
00181272SQWater Equivalent Diameter Calculation Method Code Sequence
00181300DSScan Velocity
00181301CSWhole Body Technique
00181302ISScan Length
00181310USAcquisition Matrix
00181312CSIn-plane Phase Encoding Direction
00181314DSFlip Angle
00181315CSVariable Flip Angle Flag
00181316DSSAR
00181318DSdB/dt
00181320FLB1rms
00181400LOAcquisition Device Processing Description
00181401LOAcquisition Device Processing Code
00181402CSCassette Orientation
00181403CSCassette Size
00181404USExposures on Plate
00181405ISRelative X-Ray Exposure
00181411DSExposure Index
00181412DSTarget Exposure Index
00181413DSDeviation Index
00181450DSColumn Angulation
00181460DSTomo Layer Height
00181470DSTomo Angle
00181480DSTomo Time
00181490CSTomo Type
00181491CSTomo Class
00181495ISNumber of Tomosynthesis Source Images
00181500CSPositioner Motion
00181508CSPositioner Type
00181510DSPositioner Primary Angle
00181511DSPositioner Secondary Angle
00181520DSPositioner Primary Angle Increment
00181521DSPositioner Secondary Angle Increment
00181530DSDetector Primary Angle
00181531DSDetector Secondary Angle
00181600CSShutter Shape
00181602ISShutter Left Vertical Edge
00181604ISShutter Right Vertical Edge
00181606ISShutter Upper Horizontal Edge
00181608ISShutter Lower Horizontal Edge
00181610ISCenter of Circular Shutter
00181612ISRadius of Circular Shutter
00181620ISVertices of the Polygonal Shutter
00181622USShutter Presentation Value
00181623USShutter Overlay Group
00181624USShutter Presentation Color CIELab Value
00181630CSOutline Shape Type
00181631FDOutline Left Vertical Edge
00181632FDOutline Right Vertical Edge
00181633FDOutline Upper Horizontal Edge
00181634FDOutline Lower Horizontal Edge
00181635FDCenter of Circular Outline
00181636FDDiameter of Circular Outline
00181637ULNumber of Polygonal Vertices
00181638OFVertices of the Polygonal Outline
00181700CSCollimator Shape
00181702ISCollimator Left Vertical Edge
00181704ISCollimator Right Vertical Edge
00181706ISCollimator Upper Horizontal Edge
00181708ISCollimator Lower Horizontal Edge
00181710ISCenter of Circular Collimator
00181712ISRadius of Circular Collimator
00181720ISVertices of the Polygonal Collimator
00181800CSAcquisition Time Synchronized
00181801SHTime Source
00181802CSTime Distribution Protocol
00181803LONTP Source Address
00185010LOTransducer Data
00185020LOProcessing Function
00185100CSPatient Position
00186011SQSequence of Ultrasound Regions
00186012USRegion Spatial Format
00186014USRegion Data Type
00186016ULRegion Flags
00186018ULRegion Location Min X0
0018601aULRegion Location Min Y0
0018601cULRegion Location Max X1
0018601eULRegion Location Max Y1
00186020SLReference Pixel X0
00186022SLReference Pixel Y0
00186024USPhysical Units X Direction
00186026USPhysical Units Y Direction
00186028FDReference Pixel Physical Value X
0018602aFDReference Pixel Physical Value Y
0018602cFDPhysical Delta X
0018602eFDPhysical Delta Y
00186031CSTransducer Type
00189218FDTag Spacing Second Dimension
00189219SSTag Angle Second Axis
00189305FDRevolution Time
00189306FDSingle Collimation Width
00189307FDTotal Collimation Width
0020000dUIStudy Instance UID
0020000eUISeries Instance UID
00200010SHStudy ID
00200011ISSeries Number
00200012ISAcquisition Number
00200013ISInstance Number
00200019ISItem Number
00200020CSPatient Orientation
00200027LOPyramid Label
00200032DSImage Position (Patient)
00200037DSImage Orientation (Patient)
00200052UIFrame of Reference UID
00200060CSLaterality
00200062CSImage Laterality
00200100ISTemporal Position Identifier
00200105ISNumber of Temporal Positions
00200110DSTemporal Resolution
00200200UISynchronization Frame of Reference UID
00200242UISOP Instance UID of Concatenation Source
00201002ISImages in Acquisition
0020103fLOTarget Position Reference Indicator
00201040LOPosition Reference Indicator
00201041DSSlice Location
00201200ISNumber of Patient Related Studies
00201202ISNumber of Patient Related Series
00201204ISNumber of Patient Related Instances
00201206ISNumber of Study Related Series
00201208ISNumber of Study Related Instances
00201209ISNumber of Series Related Instances
00204000LTImage Comments
00209111SQFrame Content Sequence
00209113SQPlane Position Sequence
00209116SQPlane Orientation Sequence
00209157ULDimension Index Values
00209164UIDimension Organization UID
00209165ATDimension Index Pointer
00209167ATFunctional Group Pointer
00209221SQDimension Organization Sequence
00209222SQDimension Index Sequence
00209421LODimension Description Label
00280002USSamples per Pixel
00280003USSamples per Pixel Used
00280004CSPhotometric Interpretation
00280006USPlanar Configuration
00280008ISNumber of Frames
00280009ATFrame Increment Pointer
0028000aATFrame Dimension Pointer
00280010USRows
00280011USColumns
00280014USUltrasound Color Data Present
00280030DSPixel Spacing
00280031DSZoom Factor
00280032DSZoom Center
00280034ISPixel Aspect Ratio
00280051CSCorrected Image
00280100USBits Allocated
00280101USBits Stored
00280102USHigh Bit
00280103USPixel Representation
00280106USSmallest Image Pixel Value
00280107USLargest Image Pixel Value
00280108USSmallest Pixel Value in Series
00280109USLargest Pixel Value in Series
00280120USPixel Padding Value
00280121USPixel Padding Range Limit
00280122FLFloat Pixel Padding Value
00280123FDDouble Float Pixel Padding Value
00280124FLFloat Pixel Padding Range Limit
00280125FDDouble Float Pixel Padding Range Limit
00280300CSQuality Control Image
00280301CSBurned In Annotation
00280302CSRecognizable Visual Features
00280303CSLongitudinal Temporal Information Modified
00280304UIReferenced Color Palette Instance UID
00280a02CSPixel Spacing Calibration Type
00280a04LOPixel Spacing Calibration Description
00281040CSPixel Intensity Relationship
00281041SSPixel Intensity Relationship Sign
00281050DSWindow Center
00281051DSWindow Width
00281052DSRescale Intercept
00281053DSRescale Slope
00281054LORescale Type
00281055LOWindow Center & Width Explanation
00281056CSVOI LUT Function
00281090CSRecommended Viewing Mode
00281101USRed Palette Color Lookup Table Descriptor
00281102USGreen Palette Color Lookup Table Descriptor
00281103USBlue Palette Color Lookup Table Descriptor
00281104USAlpha Palette Color Lookup Table Descriptor
00281199UIPalette Color Lookup Table UID
00281201OWRed Palette Color Lookup Table Data
00281202OWGreen Palette Color Lookup Table Data
00281203OWBlue Palette Color Lookup Table Data
00281204OWAlpha Palette Color Lookup Table Data
00281221OWSegmented Red Palette Color Lookup Table Data
00281222OWSegmented Green Palette Color Lookup Table Data
00281223OWSegmented Blue Palette Color Lookup Table Data
00281224OWSegmented Alpha Palette Color Lookup Table Data
00281230SQStored Value Color Range Sequence
00281231FDMinimum Stored Value Mapped
00281232FDMaximum Stored Value Mapped
00281300CSBreast Implant Present
00281350CSPartial View
00281351STPartial View Description
00281352SQPartial View Code Sequence
0028135aCSSpatial Locations Preserved
00281401SQData Frame Assignment Sequence
00281402CSData Path Assignment
00281403USBits Mapped to Color Lookup Table
00281404SQBlending LUT 1 Sequence
00281405CSBlending LUT 1 Transfer Function
00281406FDBlending Weight Constant
00281407USBlending Lookup Table Descriptor
00281408OWBlending Lookup Table Data
0028140bSQEnhanced Palette Color Lookup Table Sequence
0028140cSQBlending LUT 2 Sequence
0028140dCSBlending LUT 2 Transfer Function
0028140eCSData Path ID
0028140fCSRGB LUT Transfer Function
00281410CSAlpha LUT Transfer Function
00282000OBICC Profile
00282002CSColor Space
00282110CSLossy Image Compression
00282112DSLossy Image Compression Ratio
00282114CSLossy Image Compression Method
00283000SQModality LUT Sequence
00283001SQVariable Modality LUT Sequence
00283002USLUT Descriptor
00283003LOLUT Explanation
00283004LOModality LUT Type
00283006USLUT Data
00283010SQVOI LUT Sequence
00283110SQSoftcopy VOI LUT Sequence
00289110SQPixel Measures Sequence
00321030LOReason for Study
00321032PNRequesting Physician
00321033LORequesting Service
00321060LORequested Procedure Description
00324000LTStudy Comments
00380010LOAdmission ID
00380300LOCurrent Patient Location
00380400LOPatient's Institution Residence
00384000LTVisit Comments
003a0004CSWaveform Originality
003a0005USNumber of Waveform Channels
003a0010ULNumber of Waveform Samples
003a001aDSSampling Frequency
003a0020SHMultiplex Group Label
003a0200SQChannel Definition Sequence
003a0208SQChannel Source Sequence
003a0210DSChannel Sensitivity
003a0211SQChannel Sensitivity Units Sequence
003a0212DSChannel Sensitivity Correction Factor
003a0213DSChannel Baseline
003a0215DSChannel Sample Skew
003a021aUSWaveform Bits Stored
003a0220DSFilter Low Frequency
003a0221DSFilter High Frequency
003a0222DSNotch Filter Frequency
00400007LOScheduled Procedure Step Description
00400009SHScheduled Procedure Step ID
00400244DAPerformed Procedure Step Start Date
00400245TMPerformed Procedure Step Start Time
00400253SHPerformed Procedure Step ID
00400254LOPerformed Procedure Step Description
00400275SQRequest Attributes Sequence
00400555SQAcquisition Context Sequence
004008eaSQMeasurement Units Code Sequence
00401001SHRequested Procedure ID
00401002LOReason for the Requested Procedure
0040a010CSRelationship Type
0040a027LOVerifying Organization
0040a030DTVerification DateTime
0040a032DTObservation DateTime
0040a033DTObservation Start DateTime
0040a040CSValue Type
0040a043SQConcept Name Code Sequence
0040a050CSContinuity Of Content
0040a073SQVerifying Observer Sequence
0040a075PNVerifying Observer Name
0040a078SQAuthor Observer Sequence
0040a07aSQParticipant Sequence
0040a07cSQCustodial Organization Sequence
0040a080CSParticipation Type
0040a082DTParticipation DateTime
0040a084CSObserver Type
0040a088SQVerifying Observer Identification Code Sequence
0040a0b0USReferenced Waveform Channels
0040a120DTDateTime
0040a121DADate
0040a122TMTime
0040a123PNPerson Name
0040a124UIUID
0040a130CSTemporal Range Type
0040a132ULReferenced Sample Positions
0040a138DSReferenced Time Offsets
0040a13aDTReferenced DateTime
0040a160UTText Value
0040a161FDFloating Point Value
0040a162SLRational Numerator Value
0040a163ULRational Denominator Value
0040a168SQConcept Code Sequence
0040a170SQPurpose of Reference Code Sequence
0040a171UIObservation UID
0040a180USAnnotation Group Number
0040a195SQModifier Code Sequence
0040a300SQMeasured Value Sequence
0040a30aDSNumeric Value
0040a360SQPredecessor Documents Sequence
0040a372SQPerformed Procedure Code Sequence
0040a491CSCompletion Flag
0040a492LOCompletion Flag Description
0040a493CSVerification Flag
0040a730SQContent Sequence
0040b020SQWaveform Annotation Sequence
0040db73ULReferenced Content Item Identifier
00540010USEnergy Window Vector
00540011USNumber of Energy Windows
00540020USDetector Vector
00540021USNumber of Detectors
00540400SHImage ID
00620001CSSegmentation Type
00620002SQSegment Sequence
00620003SQSegmented Property Category Code Sequence
00620004USSegment Number
00620005LOSegment Label
00620008CSSegment Algorithm Type
00620009LOSegment Algorithm Name
0062000aSQSegment Identification Sequence
0062000bUSReferenced Segment Number
0062000dUSRecommended Display CIELab Value
0062000fSQSegmented Property Type Code Sequence
00640009OFVector Grid Data
00700006STUnformatted Text Value
00700022FLGraphic Data
00700023CSGraphic Type
00700080CSContent Label
00700081LOContent Description
00700084PNContent Creator's Name
00880140UIStorage Media File-set UID
00880200SQIcon Image Sequence
20500020CSPresentation LUT Shape
30040002CSDose Units
30040004CSDose Type
3004000aCSDose Summation Type
3004000cDSGrid Frame Offset Vector
3004000eDSDose Grid Scaling
30060002SHStructure Set Label
30060004LOStructure Set Name
30060008DAStructure Set Date
30060009TMStructure Set Time
30060010SQReferenced Frame of Reference Sequence
30060012SQRT Referenced Study Sequence
30060014SQRT Referenced Series Sequence
30060020SQStructure Set ROI Sequence
30060022ISROI Number
30060024UIReferenced Frame of Reference UID
30060026LOROI Name
30060028STROI Description
3006002aISROI Display Color
3006002cDSROI Volume
30060036CSROI Generation Algorithm
30060039SQROI Contour Sequence
30060040SQContour Sequence
30060042CSContour Geometric Type
30060046ISNumber of Contour Points
30060048ISContour Number
30060050DSContour Data
30060080SQRT ROI Observations Sequence
30060082ISObservation Number
30060084ISReferenced ROI Number
30060085SHROI Observation Label
30060088STROI Observation Description
300600a4CSRT ROI Interpreted Type
300600a6PNROI Interpreter
300600b0SQROI Physical Properties Sequence
300600b2CSROI Physical Property
300600b4DSROI Physical Property Value
300a0002SHRT Plan Label
300a0003LORT Plan Name
300a0006DART Plan Date
300a0007TMRT Plan Time
300a000aCSPlan Intent
300a000cCSRT Plan Geometry
300a0010SQDose Reference Sequence
300a0012ISDose Reference Number
300a0014CSDose Reference Structure Type
300a0016LODose Reference Description
300a0018DSDose Reference Point Coordinates
300a0020CSDose Reference Type
300a0023DSDelivery Maximum Dose
300a0026DSTarget Prescription Dose
300a002cDSOrgan at Risk Maximum Dose
300a0055CSRT Plan Relationship
300a0070SQFraction Group Sequence
300a0071ISFraction Group Number
300a0078ISNumber of Fractions Planned
300a0080ISNumber of Beams
300a0082DSBeam Dose Specification Point
300a0084DSBeam Dose
300a0086DSBeam Meterset
300a00a0ISNumber of Brachy Application Setups
300a00b0SQBeam Sequence
300a00b2SHTreatment Machine Name
300a00b3CSPrimary Dosimeter Unit
300a00b4DSSource-Axis Distance
300a00b6SQBeam Limiting Device Sequence
300a00b8CSRT Beam Limiting Device Type
300a00bcISNumber of Leaf/Jaw Pairs
300a00c0ISBeam Number
300a00c2LOBeam Name
300a00c4CSBeam Type
300a00c6CSRadiation Type
300a00ceCSTreatment Delivery Type
300a00d0ISNumber of Wedges
300a00e0ISNumber of Compensators
300a00edISNumber of Boli
300a00f0ISNumber of Blocks
300a010cDSCumulative Dose Reference Coefficient
300a010eDSFinal Cumulative Meterset Weight
300a0110ISNumber of Control Points
300a0111SQControl Point Sequence
300a0112ISControl Point Index
300a0114DSNominal Beam Energy
300a0115DSDose Rate Set
300a011aSQBeam Limiting Device Position Sequence
300a011cDSLeaf/Jaw Positions
300a011eDSGantry Angle
300a011fCSGantry Rotation Direction
300a0120DSBeam Limiting Device Angle
300a0121CSBeam Limiting Device Rotation Direction
300a0122DSPatient Support Angle
300a0123CSPatient Support Rotation Direction
300a0125DSTable Top Eccentric Angle
300a0126CSTable Top Eccentric Rotation Direction
300a0128DSTable Top Vertical Position
300a0129DSTable Top Longitudinal Position
300a012aDSTable Top Lateral Position
300a012cDSIsocenter Position
300a0130DSSource to Surface Distance
300a0134DSCumulative Meterset Weight
300a0180SQPatient Setup Sequence
300a0182ISPatient Setup Number
300a01b2STSetup Technique Description
300c0002SQReferenced RT Plan Sequence
300c0004SQReferenced Beam Sequence
300c0006ISReferenced Beam Number
300c0020SQReferenced Fraction Group Sequence
300c0022ISReferenced Fraction Group Number
300c0050SQReferenced Dose Reference Sequence
300c0051ISReferenced Dose Reference Number
300c0060SQReferenced Structure Set Sequence
300c006aISReferenced Patient Setup Number
300e0002CSApproval Status
52009229SQShared Functional Groups Sequence
52009230SQPer-Frame Functional Groups Sequence
54000100SQWaveform Sequence
54001004USWaveform Bits Allocated
54001006CSWaveform Sample Interpretation
54001010OBWaveform Data
7fe00010OBPixel Data
fffcfffcOBData Set Trailing Padding
`;

export type TagName = { readonly vr: string; readonly name: string };

let byTag: ReadonlyMap<string, TagName> | null = null;

/** @param tag eight hexadecimal digits in lower case; undefined where the name is not known here. */
export function tagName(tag: string): TagName | undefined {
  byTag ??= new Map(
    TABLE.trim()
      .split("\n")
      .map((line) => [line.slice(0, 8), { vr: line.slice(8, 10), name: line.slice(10) }]),
  );
  return byTag.get(tag);
}
