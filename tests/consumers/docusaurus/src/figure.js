import 'datapath-lab';
